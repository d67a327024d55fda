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

it('says how many tickets it leaves out because their timelines are not kept any more', async () => {
  const days = (count: number): number => count * 24 * 60;
  const ticket = ticketEvents(source, 'W-2', start);
  await pipeline.send(ticket.created(0), ticket.agent(10), ticket.status(20, 'closed'));
  await pipeline.tick(start + days(3) * 60_000);
  expect((await whatIf(acme)).body).toMatchObject({ leftOut: { sealed: 0, quarantined: 0 } });
  for (const minute of [days(100), days(100) + 5]) await pipeline.tick(start + minute * 60_000);
  await pipeline.settled();
  expect((await whatIf(acme)).body).toMatchObject({ tickets: 1, leftOut: { sealed: 1, quarantined: 0 } });
  expect((await whatIf(acme, '?open=true')).body).toMatchObject({ tickets: 1, leftOut: { sealed: 0 } });
  expect((await whatIf(acme, '?source=elsewhere')).body).toMatchObject({ tickets: 0, leftOut: { sealed: 0 } });
});
