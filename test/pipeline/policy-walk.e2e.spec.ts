import 'reflect-metadata';
import { topics, type SlaEvent, type TicketEvent } from '@punctual/contracts';
import { netSayings } from '@punctual/sla-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onBothLogs, type LogEnvironment } from './event-logs.spec-kit.js';
import { acmePolicy, netOf, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const TICKETS = 3_000;
/** A Monday, 10:00 in Stockholm. */
const start = Date.parse('2026-03-02T09:00:00Z');
const stricter = acmePolicy((text) => text.replace('{ priority: P2, within: 2h }', '{ priority: P2, within: 20m }'));

let pipeline: Pipeline;
let now: number;
let histories: Map<string, TicketEvent[]>;

async function openTickets(log: LogEnvironment): Promise<void> {
  pipeline = await Pipeline.start({ log });
  now = start;
  histories = new Map();
  for (let place = 0; place < TICKETS; place += 1) {
    const ticket = `walk-${String(place).padStart(4, '0')}`;
    const make = ticketEvents('desk', ticket, start);
    const events = [make.created((place % 60) / 2, { priority: place % 7 === 0 ? 'urgent' : 'normal' })];
    // Some are answered, some are answered and solved, before the version comes.
    if (place % 5 === 0) events.push(make.agent(35));
    if (place % 15 === 0) events.push(make.status(38, 'solved'));
    histories.set(ticket, events);
  }
  await pipeline.send(...[...histories.values()].flat());
  await tick(40);
}
afterEach(() => pipeline.stop());

onBothLogs('a version that is published while thousands of tickets are open', (newLog) => {
  let log: LogEnvironment;
  beforeEach(async () => {
    log = newLog();
    await openTickets(log);
  });

  it('takes all of them over from their start, through a stop and another owner, beside live events, and says nothing twice', async () => {
    await pipeline.publish(stricter, 'retroactive', start + 41 * MINUTE);
    await tick(42);
    await expect.poll(async () => (await walk())['state']).toBe('walking');
    const delays: number[] = [];
    for (let turn = 0; (await walk())['state'] !== 'finished'; turn += 1) {
      expect(turn).toBeLessThan(200);
      if (turn === 0) {
        await pipeline.stopServices();
        await pipeline.startServices();
      }
      // Another instance takes partitions over in the middle of slices, and hands them back.
      if (turn === 1) await pipeline.besideAnother(() => tick(43));
      delays.push(await liveEvent(turn));
    }
    const standing = await walk();
    expect(standing).toMatchObject({ mode: 'retroactive', version: stricter.version, partitions: 4, remaining: 0 });
    expect(standing['done']).toBeGreaterThanOrEqual(TICKETS - TICKETS / 15);
    await expectTheDefinition();
    const perTicket = await slaEvents();
    expect([...perTicket.values()].flat().filter(({ type }) => type === 'sla.clock.breached').length).toBeGreaterThan(
      1_500,
    );
    // It was still under way after the stop, and after the other owner.
    expect(delays.length).toBeGreaterThanOrEqual(2);
    // A live event waits for slices, never for the walk; on Kafka besides, at the first two turns, for the group to share its partitions.
    const waits = Object.keys(log).length === 0 ? delays : delays.slice(2);
    expect(Math.max(0, ...waits)).toBeLessThan(1_500);
    expect(Math.max(...delays)).toBeLessThan(5_000);
  }, 240_000);
});

describe('a version that is published while thousands of tickets are open', () => {
  beforeEach(() => openTickets({}));

  it('takes them over from its instant on where it says so, breaks nothing before, and leaves those that had ended', async () => {
    await pipeline.publish(stricter, 'from-now', start + 41 * MINUTE);
    for (let turn = 0; turn === 0 || (await walk())['state'] !== 'finished'; turn += 1) {
      expect(turn).toBeLessThan(200);
      await tick(42 + turn / 60);
    }
    await expectTheDefinition();
    const breaches = [...(await slaEvents()).values()]
      .flat()
      .filter(({ type, promise }) => type === 'sla.clock.breached' && promise === 'response');
    const urgent = breaches.filter(({ priority }) => priority === 'P1');
    expect(breaches.length - urgent.length).toBeGreaterThan(1_000);
    expect(Math.min(...breaches.filter((one) => !urgent.includes(one)).map(({ at }) => at))).toBeGreaterThanOrEqual(
      start + 41 * MINUTE,
    );
  }, 240_000);

  it('is the version of tickets created under it where it is pinned to an instant that lies back', async () => {
    const at = start + 15 * MINUTE;
    await pipeline.publish(stricter, 'pin', at);
    for (let turn = 0; turn === 0 || (await walk())['state'] !== 'finished'; turn += 1) {
      expect(turn).toBeLessThan(200);
      await tick(42 + turn / 60);
    }
    await expectTheDefinition();
    const versions: { later: boolean; policy_version: string; tickets: string }[] = await pipeline.dataSource.query(
      `SELECT created_at >= $1 AS later, policy_version, count(*) AS tickets FROM sla_clock.ticket
        GROUP BY 1, 2 ORDER BY 1`,
      [at],
    );
    expect(versions.map(({ later, policy_version }) => [later, policy_version])).toEqual([
      [false, pipeline.policy.version],
      [true, stricter.version],
    ]);
  }, 240_000);
});

async function tick(minute: number): Promise<void> {
  now = Math.max(now, start + minute * MINUTE);
  await pipeline.tick(now);
  await pipeline.settled();
}

async function walk(): Promise<Record<string, unknown>> {
  const { walks } = (await pipeline.get('/v1/policies/acme/walk')).body as { walks: Record<string, unknown>[] };
  return walks[0] ?? {};
}

/** Sends an event of a ticket that is open and one of a new one; gives back how long it took until both were folded, ms. */
async function liveEvent(turn: number): Promise<number> {
  const minute = 44 + turn / 60;
  const open = `walk-${String(TICKETS - 1 - turn * 11).padStart(4, '0')}`;
  const made = `live-${turn}`;
  const reply = ticketEvents('desk', open, start).make(
    'ticket.message.added',
    minute,
    {
      ...{ actor: { role: 'agent' }, visibility: 'public', autoReply: false, body: 'An answer' },
    },
    `reply-${turn}`,
  );
  const created = ticketEvents('desk', made, start).created(minute, { priority: 'normal' });
  histories.get(open)?.push(reply);
  histories.set(made, [created]);
  const began = performance.now();
  await pipeline.send(reply, created);
  await tick(minute + 1 / 120);
  return performance.now() - began;
}

async function slaEvents(): Promise<Map<string, SlaEvent[]>> {
  const records = await pipeline.recordsOn(topics.sla);
  return Map.groupBy(
    records.map(({ value }) => value as SlaEvent),
    ({ ticket }) => ticket,
  );
}

/** What is stored and what stands of what was said are, of every ticket, what one fold of its events under all versions says. */
async function expectTheDefinition(): Promise<void> {
  const said = await slaEvents();
  const ids = [...said.values()].flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const rows: { ticket: string; promise: string; cycle: number; outcome: string; due_at: string | null }[] =
    await pipeline.dataSource.query(
      'SELECT ticket, promise, cycle, outcome, due_at FROM sla_clock.clock ORDER BY promise, cycle',
    );
  const stored = Map.groupBy(rows, ({ ticket }) => ticket);
  for (const [ticket, events] of histories) {
    const offline = pipeline.offline(events, now);
    const defined = [...netSayings(offline.sayings).values()]
      .filter(({ type }) => type !== 'sla.clock.warning')
      .map((draft) => [draft.type, draft.promise, draft.cycleKey, draft.at, draft.cause].join(' '))
      .sort();
    expect(netOf(said.get(ticket) ?? []), ticket).toEqual(defined);
    const clocks = offline.clocks
      .map(({ promise, cycle, outcome, dueAt }) => ({ promise, cycle, outcome, dueAt }))
      .sort((a, b) => (a.promise < b.promise ? -1 : a.promise > b.promise ? 1 : a.cycle - b.cycle));
    expect(
      (stored.get(ticket) ?? []).map(({ promise, cycle, outcome, due_at }) => ({
        ...{ promise, cycle, outcome },
        dueAt: due_at === null ? null : Number(due_at),
      })),
      ticket,
    ).toEqual(clocks);
  }
}
