import 'reflect-metadata';
import { ticketPartition, topics, type TicketEvent } from '@punctual/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acmePolicy, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

/** How many clocks run and pause is kept, not counted when it is asked for. It must be what counting finds, whatever happened. */

const PARTITIONS = 4;
const MINUTE = 60_000;
const DAY = 1_440;
const start = Date.parse('2026-03-02T07:00:00Z');

type Kind = 'event' | 'late' | 'poison' | 'release' | 'forget' | 'surge' | 'version' | 'takeover' | 'time';

interface Step {
  readonly what: Kind;
  readonly ticket: number;
  readonly event: string;
  readonly minutes: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    { weight: 60, arbitrary: fc.constant<Kind>('event') },
    { weight: 12, arbitrary: fc.constant<Kind>('late') },
    { weight: 12, arbitrary: fc.constant<Kind>('time') },
    ...(['poison', 'release', 'forget'] as const).map((what) => ({ weight: 2, arbitrary: fc.constant<Kind>(what) })),
    ...(['surge', 'version', 'takeover'] as const).map((what) => ({ weight: 1, arbitrary: fc.constant<Kind>(what) })),
  ),
  ticket: fc.nat(39),
  event: fc.constantFrom(
    ...['requester', 'agent', 'waiting_requester', 'open', 'solved', 'closed', 'urgent', 'normal', 'correction'],
    ...['team-a', 'team-b', 'merged', 'restored', 'Basic', 'Gold'],
  ),
  minutes: fc.integer({ min: 1, max: 300 }),
});
const [steps = []] = fc.sample(fc.array(step, { minLength: 600, maxLength: 600 }), { numRuns: 1, seed: 20_260_302 });

/** Versions that drop a promise, rename one, put one under another commitment, and promise less time. */
const versions = [
  (text: string) => text.replace('{ priority: P2, within: 2h }', '{ priority: P2, within: 20m }'),
  (text: string) => text.replace('id: response', 'id: first_word'),
  (text: string) => text.replace('commitment: guaranteed', 'commitment: contractual'),
  (text: string) => text.replace('id: ownership', 'id: stay').replace('within: 3h', 'within: 1h'),
  (text: string) => text.replace(/ {2}- id: answer[^]*?(?= {2}- id: solution)/, ''),
].map((amend) => acmePolicy(amend));
const modes = ['retroactive', 'from-now', 'pin'] as const;

let pipeline: Pipeline;
let now = 0;
let published = 0;
let surging = false;
const tickets = Array.from({ length: 40 }, (_none, place) => ticketEvents('desk', `O-${place}`, start));
const poisoned = new Set<number>();

beforeAll(async () => {
  pipeline = await Pipeline.start();
  await pipeline.send(
    ...tickets.map((say, place) => say.created(place % 9, { priority: place % 3 ? 'normal' : 'urgent' })),
  );
  await pass(20);
}, 60_000);
afterAll(() => pipeline.stop());

describe('the counts of open clocks', () => {
  it('are what counting finds, through everything that changes clocks', async () => {
    const seen = { open: 0, unknown: 0 };
    for (const [place, one] of steps.entries()) {
      await take(one);
      if (place % 60 !== 59) continue;
      await pass(30);
      await expectCounted();
      const clocks = await stored();
      seen.unknown += clocks.filter(({ outcome }) => outcome === 'unknown').length;
      seen.open += clocks.filter(({ outcome }) => outcome === 'running' || outcome === 'paused').length;
    }
    // All of it happened: clocks were open, and became unknown.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
    expect(published).toBeGreaterThan(2);
    expect(poisoned.size).toBeGreaterThan(2);
  }, 240_000);

  it('are what counting finds when a clock turns out never to have run', async () => {
    const say = ticketEvents('desk', 'O-gone', start);
    await pipeline.send(say.created(now + 1, { priority: 'urgent' }), say.agent(now + 2), say.requester(now + 30));
    await pass(60);
    const before = await clocksOf('O-gone');
    // It was merged before the requester wrote again.
    await pipeline.send(say.merged(now - 50));
    await pass(10);
    expect((await clocksOf('O-gone')).length).toBeLessThan(before.length);
    await expectCounted();
  }, 60_000);

  it('are what counting finds after tickets have been sealed', async () => {
    await pipeline.send(...tickets.slice(0, 20).map((say) => say.status(now + 1, 'closed')));
    await pass(10);
    await pass(200 * DAY);
    await pass(2);
    const [row] = await pipeline.dataSource.query<{ sealed: number }[]>(
      'SELECT count(*)::integer AS sealed FROM sla_clock.ticket WHERE sealed_at IS NOT NULL',
    );
    expect(row?.sealed).toBeGreaterThan(5);
    await expectCounted();
  }, 60_000);
});

async function pass(minutes: number): Promise<void> {
  now += minutes;
  await pipeline.tick(start + now * MINUTE);
  await pipeline.settled();
  await pipeline.walked();
}

async function take({ what, ticket: place, event, minutes }: Step): Promise<void> {
  const ticket = `O-${place}`;
  const about = { source: 'desk', ticket };
  if (what === 'time') return pass(minutes);
  if (what === 'surge') {
    surging = !surging;
    return pipeline.surge('storm', surging ? 'started' : 'ended', start + now * MINUTE);
  }
  if (what === 'version') {
    const version = versions[published % versions.length];
    const mode = modes[published % modes.length];
    published += 1;
    if (version && mode) await pipeline.publish(version, mode, start + now * MINUTE);
    return;
  }
  if (what === 'takeover') return pipeline.besideAnother(() => pass(1));
  if (what === 'release') return speak(ticket, { kind: 'release', ...about });
  if (what === 'forget') {
    return speak(ticket, { kind: 'forget', ...about, requestId: `forget-${place}-${now}`, at: start + now * MINUTE });
  }
  const at = what === 'late' ? Math.max(10, now - minutes) : now + 1 + (minutes % 5);
  const happened = eventOf(place, at, event);
  if (what !== 'poison') return pipeline.send(happened);
  poisoned.add(place);
  return pipeline.send({
    ...happened,
    type: 'ticket.status.changed',
    data: { status: null },
  } as unknown as TicketEvent);
}

/** Publishes a record about a ticket on its partition. */
async function speak(ticket: string, value: object): Promise<void> {
  const partition = ticketPartition('desk', ticket, PARTITIONS);
  await pipeline.log.publish([{ topic: topics.received, partition, key: `desk/${ticket}`, value }]);
}

function eventOf(place: number, minute: number, what: string): TicketEvent {
  const say = tickets[place];
  if (say === undefined) throw new Error(`there is no ticket ${place}`);
  switch (what) {
    case 'requester':
      return say.requester(minute);
    case 'agent':
      return say.agent(minute);
    case 'urgent':
    case 'normal':
      return say.priority(minute, what, 'change');
    case 'correction':
      return say.priority(minute, 'urgent', 'correction');
    case 'team-a':
    case 'team-b':
      return say.team(minute, what);
    case 'merged':
      return say.merged(minute);
    case 'restored':
      return say.restored(minute);
    case 'Basic':
    case 'Gold':
      return say.plan(minute, what);
    default:
      return say.status(minute, what);
  }
}

interface OpenClocks {
  readonly partition: number;
  readonly policy: string;
  readonly target: string;
  readonly commitment: string;
  readonly priority: string;
  readonly outcome: string;
  readonly clocks: number;
}

async function stored(): Promise<{ readonly name: string; readonly outcome: string }[]> {
  return pipeline.dataSource.query(
    `SELECT concat_ws(' ', source, ticket, promise, cycle) AS name, outcome FROM sla_clock.clock`,
  );
}

async function clocksOf(ticket: string): Promise<string[]> {
  return (await stored()).map(({ name }) => name).filter((name) => name.startsWith(`desk ${ticket} `));
}

/** The rows kept, the gauge and attainment, each against the clocks themselves. */
async function expectCounted(): Promise<void> {
  const plain = await pipeline.dataSource.query<OpenClocks[]>(
    `SELECT partition, policy, target, commitment, coalesce(priority, '') AS priority, outcome, count(*)::integer AS clocks
       FROM sla_clock.clock WHERE outcome IN ('running', 'paused') GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
  );
  expect(
    await pipeline.dataSource.query(
      `SELECT partition, policy, target, commitment, priority, outcome, clocks::integer FROM sla_clock.clock_count
        WHERE clocks <> 0 ORDER BY 1, 2, 3, 4, 5, 6`,
    ),
  ).toEqual(plain);
  const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
  const running = plain.filter(({ outcome }) => outcome === 'running').reduce((sum, { clocks }) => sum + clocks, 0);
  expect(metrics).toContain(`punctual_armed_clocks{service="sla-clock"} ${running}\n`);
  const { body } = await pipeline.get('/v1/attainment?policy=acme');
  const told = (body['rows'] as Record<string, unknown>[]).flatMap((row) =>
    ['running', 'paused'].flatMap((outcome) =>
      row[outcome] === 0 ? [] : [[...namesOf(row), outcome, row[outcome]].join(' ')],
    ),
  );
  const open = new Map<string, number>();
  for (const one of plain) {
    const key = [...namesOf({ ...one }), one.outcome].join(' ');
    open.set(key, (open.get(key) ?? 0) + one.clocks);
  }
  expect(told.sort()).toEqual([...open].map(([key, clocks]) => `${key} ${clocks}`).sort());
}

function namesOf(row: Record<string, unknown>): string[] {
  return ['target', 'priority', 'commitment'].map((name) => String(row[name] ?? ''));
}
