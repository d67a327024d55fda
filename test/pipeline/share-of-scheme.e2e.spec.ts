import 'reflect-metadata';
import type { Intake } from '@punctual/intake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'schemes';
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');
const shares = `
priorityShares:
  - { name: Any, priorities: [P1], above: 0.5, clears: 0.3, window: 1d, minimumTickets: 4 }
  - { name: Prospects, scheme: pre-sales, priorities: [hot], above: 0.5, clears: 0.3, window: 1d, minimumTickets: 3 }
`;

/** Acme's policy with prospects in a scheme of their own, whose priorities have the names of the customers' and an alias beside. */
function withProspects(text: string): string {
  const [priorities = ''] = /priorities:\n(?: {2}- .*\n)+/.exec(text) ?? [];
  const own = priorities.split('\n').map((line) => `    ${line}`);
  return `${text.replace(
    priorities,
    `schemes:
  - name: pre-sales
    when: { stage: pre-sales }
    priorities: [{ name: P1, aliases: [hot, urgent] }, { name: P2, aliases: [normal] }]
  - name: customers
${own.join('\n')}
`,
  )}${shares}`;
}

let pipeline: Pipeline;
let intake: Intake;
let minute = 0;

beforeAll(async () => {
  pipeline = await Pipeline.start({ policy: withProspects });
  intake = await pipeline.startIntake();
});
afterAll(() => pipeline.stop());

async function measured() {
  for (const step of ['before', 'after']) {
    minute += 1;
    await pipeline.reach(intake, start + minute * MINUTE);
    if (step === 'before') expect(await pipeline.slaClock?.measureDesks()).toBe('measured');
  }
  return (await pipeline.get('/v1/policies/acme/desk')).body['shares'];
}

describe('a priority share that names a scheme', () => {
  it('is counted over the tickets of that scheme only, and by whatever name it gives a priority', async () => {
    const created = (ticket: string, priority: string, stage?: string) =>
      pipeline.send(ticketEvents(SOURCE, ticket, start).created(0, { priority, ...(stage && { stage }) }));
    for (const ticket of ['C-1', 'C-2', 'C-3', 'C-4']) await created(ticket, 'urgent');
    await created('S-1', 'urgent', 'pre-sales');
    for (const ticket of ['S-2', 'S-3']) await created(ticket, 'normal', 'pre-sales');
    expect(await measured()).toMatchObject([
      { share: 'Any', concerned: 5, all: 7, alarm: { since: expect.any(String) as unknown } },
      { share: 'Prospects', concerned: 1, all: 3, alarm: null },
    ]);
  });

  it('counts a ticket where it has come to belong', async () => {
    const moved = ticketEvents(SOURCE, 'C-1', start);
    await pipeline.send(moved.make('ticket.fields.changed', minute, { stage: 'pre-sales', kind: 'change' }));
    const other = ticketEvents(SOURCE, 'S-2', start);
    await pipeline.send(other.make('ticket.fields.changed', minute, { stage: 'general', kind: 'change' }));
    expect(await measured()).toMatchObject([
      { share: 'Any', concerned: 5, all: 7 },
      {
        share: 'Prospects',
        concerned: 2,
        all: 3,
        alarm: { reason: expect.stringContaining('2 of 3 tickets of pre-sales were P1') as unknown },
      },
    ]);
  });
});
