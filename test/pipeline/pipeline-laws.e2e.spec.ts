import 'reflect-metadata';
import type { TicketEvent } from '@punctual/contracts';
import { netSayings } from '@punctual/sla-engine';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { netOf, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const DAY = 1_440;
/** A Monday, 08:00 in Stockholm, before the office opens. */
const start = Date.parse('2026-03-02T07:00:00Z');

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
});
afterAll(() => pipeline.stop());

type Step = { readonly what: string; readonly minute: number };

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    ...['requester', 'agent', 'waiting_requester', 'open', 'solved', 'closed', 'urgent', 'normal', 'correction'],
    ...['team-a', 'team-b', 'merged', 'restored', 'Basic', 'Gold'],
  ),
  minute: fc.integer({ min: 0, max: 3 * DAY }),
});

/** A ticket's events, the order in which they arrive, and after how many of them time moves on, and how far. */
const history = fc.record({
  steps: fc.array(step, { maxLength: 10 }),
  arrival: fc.array(fc.nat({ max: 1_000 }), { minLength: 11, maxLength: 11 }),
  ticks: fc.array(fc.record({ after: fc.nat({ max: 11 }), minute: fc.integer({ min: 0, max: 4 * DAY }) }), {
    maxLength: 6,
  }),
  /** After how many events both services are stopped and started again. */
  restart: fc.option(fc.nat({ max: 11 }), { freq: 2 }),
});

let tickets = 0;
let now = start;

describe('the services and the definition', () => {
  it('agree on what stands, whatever arrives when, however time moves, and through restarts', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ steps, arrival, ticks, restart }) => {
        tickets += 1;
        const ticket = `law-${tickets}`;
        // Each run has a time of its own: the watermark of a source never goes back.
        const base = now + 10 * DAY * MINUTE - ((now - start) % (DAY * MINUTE));
        const events = eventsOf(ticket, base, steps);
        const arriving = events
          .map((event, index) => ({ event, rank: arrival[index] ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ event }) => event);
        const times = ticks.map(({ minute }) => base + minute * MINUTE).sort((a, b) => a - b);
        const places = ticks.map(({ after }) => after).sort((a, b) => a - b);
        for (let sent = 0; sent <= arriving.length; sent += 1) {
          for (const [index, place] of places.entries()) if (place === sent) await pipeline.tick(times[index] ?? base);
          if (sent === restart) {
            await pipeline.stopServices();
            await pipeline.startServices();
          }
          const event = arriving[sent];
          if (event) await pipeline.send(event);
        }
        now = base + 5 * DAY * MINUTE;
        await pipeline.tick(now);
        await pipeline.settled();
        const said = netOf(await pipeline.slaEvents('desk', ticket));
        const offline = pipeline.offline(events, now);
        const defined = [...netSayings(offline.sayings).values()]
          .filter(({ type }) => type !== 'sla.clock.warning')
          .map((draft) => [draft.type, draft.promise, draft.cycleKey, draft.at, draft.cause].join(' '))
          .sort();
        expect(said).toEqual(defined);
        expect(await storedClocks(ticket)).toEqual(
          offline.clocks
            .map(({ promise, cycle, outcome, elapsedMs, breachedAt, stoppedAt, lateMs }) => ({
              ...{ promise, cycle, outcome, breachedAt, stoppedAt },
              // What still runs is stored as it stood at its last change.
              ...(stoppedAt === null ? {} : { elapsedMs, lateMs }),
            }))
            .sort((a, b) => (a.promise < b.promise ? -1 : a.promise > b.promise ? 1 : a.cycle - b.cycle)),
        );
      }),
      { numRuns: Number(process.env['PIPELINE_RUNS'] ?? 40), endOnFailure: false },
    );
  }, 300_000);
});

async function storedClocks(ticket: string): Promise<unknown[]> {
  const rows: { view: Record<string, unknown> }[] = await pipeline.dataSource.query(
    'SELECT view FROM sla_clock.clock WHERE ticket = $1 ORDER BY promise, cycle',
    [ticket],
  );
  return rows.map(({ view }) => ({
    promise: view['promise'],
    cycle: view['cycle'],
    outcome: view['outcome'],
    breachedAt: view['breachedAt'],
    stoppedAt: view['stoppedAt'],
    ...(view['stoppedAt'] === null ? {} : { elapsedMs: view['elapsedMs'], lateMs: view['lateMs'] }),
  }));
}

function eventsOf(ticket: string, base: number, steps: readonly Step[]): TicketEvent[] {
  const make = ticketEvents('desk', ticket, base);
  const events = [make.created(0, { priority: 'normal' })];
  for (const { what, minute } of steps) {
    switch (what) {
      case 'requester':
        events.push(make.requester(minute));
        break;
      case 'agent':
        events.push(make.agent(minute));
        break;
      case 'urgent':
      case 'normal':
        events.push(make.priority(minute, what, 'change'));
        break;
      case 'correction':
        events.push(make.priority(minute, 'urgent', 'correction'));
        break;
      case 'team-a':
      case 'team-b':
        events.push(make.team(minute, what));
        break;
      case 'merged':
        events.push(make.merged(minute));
        break;
      case 'restored':
        events.push(make.restored(minute));
        break;
      case 'Basic':
      case 'Gold':
        events.push(make.plan(minute, what));
        break;
      default:
        events.push(make.status(minute, what));
    }
  }
  return events;
}
