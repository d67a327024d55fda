import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const start = Date.parse('2026-03-02T09:00:00Z');
const source = 'https://desk.example/acme';
const acme = readFileSync(new URL('./acme.policy.yaml', import.meta.url), 'utf8');
let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await Pipeline.start();
  const ticket = ticketEvents(source, 'W-1', start);
  await pipeline.send(ticket.created(0, { priority: 'urgent' }), ticket.agent(40));
  await pipeline.tick(start + 60 * 60_000);
  await pipeline.settled();
});
afterAll(() => pipeline.stop());

async function whatIf(yaml: string, query = '') {
  const headers = { 'content-type': 'application/yaml' };
  const answer = await fetch(`${pipeline.url}/v1/what-if${query}`, { method: 'POST', headers, body: yaml });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

it('says what another policy would change for stored tickets', async () => {
  expect(await whatIf(acme)).toMatchObject({ status: 200, body: { tickets: 1, changedClocks: 0, more: 0 } });
  const { status, body } = await whatIf(acme.replace('within: 1h', 'within: 30m'));
  expect([status, body['changedClocks']]).toEqual([200, 1]);
  expect(body['changes']).toMatchObject([
    { ticket: 'W-1', kinds: ['kept_to_late', 'due_earlier'], reason: '30m instead of 1h' },
  ]);
});

it('refuses a policy with errors and a policy nobody published', async () => {
  expect(await whatIf('id: acme\n')).toMatchObject({ status: 422, body: { code: 'invalid_policy' } });
  expect(await whatIf(acme, '?policy=other')).toMatchObject({ status: 404, body: { code: 'unknown_policy' } });
});
