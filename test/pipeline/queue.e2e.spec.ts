import 'reflect-metadata';
import { compilePolicy } from '@punctual/policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acmePolicy, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'desk';
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');
/** Whoever waits longest for anything comes first, whatever the priority. */
const byDue = acmePolicy((text) => `${text}queue: [due, ticket]\n`);

const byId = acmePolicy((text) => `${text}queue: [ticket]\n`);

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
});
afterAll(() => pipeline.stop());

async function queue(): Promise<string[]> {
  const { body } = await pipeline.get('/v1/queue?policy=acme');
  return (body['tickets'] as { ticket: string; rank: number }[]).map(({ ticket, rank }) => `${rank} ${ticket}`);
}

async function pass(minute: number): Promise<void> {
  await pipeline.tick(start + minute * MINUTE);
  await pipeline.settled();
}

describe('the queue', () => {
  it('has every open ticket once, and exactly one is number one', async () => {
    const ticket = (name: string) => ticketEvents(SOURCE, name, start);
    await pipeline.send(
      ticket('1').created(-90),
      ticket('2').created(0, { priority: 'urgent' }),
      ticket('3').created(-30, { plan: 'Basic' }),
      ticket('4').created(-45, { priority: 'urgent' }),
    );
    await pass(1);
    // By priority, then due; nothing is promised of the third, whose plan promises nothing.
    expect(await queue()).toEqual(['1 4', '2 2', '3 1', '4 3']);
  });

  it('moves a ticket with its priority, its deadline and its end', async () => {
    await pipeline.send(ticketEvents(SOURCE, '2', start).priority(2, 'P2', 'change'));
    await pipeline.send(ticketEvents(SOURCE, '4', start).status(2, 'solved'));
    await pass(3);
    expect(await queue()).toEqual(['1 1', '2 2', '3 3']);
    await pipeline.send(
      ticketEvents(SOURCE, '4', start).make(
        'ticket.status.changed',
        4,
        { status: { name: 'open', category: 'open' } },
        'again',
      ),
    );
    await pass(5);
    expect(await queue()).toEqual(['1 4', '2 1', '3 2', '4 3']);
  });

  it('lets a person take a ticket before its turn, with the reason on record, and put it back', async () => {
    const taken = { actor: { role: 'agent', id: 'a-7' }, reason: 'their launch is today' };
    await pipeline.send(ticketEvents(SOURCE, '3', start).make('ticket.queue.deviated', 5, taken, 'deviates'));
    await pass(5.5);
    expect(await queue()).toEqual(['1 3', '2 4', '3 1', '4 2']);
    const { body } = await pipeline.get('/v1/queue?policy=acme&limit=1');
    const outOfTurn = { since: '2026-03-02T12:05:00.000Z', by: taken.actor, reason: taken.reason, eventId: 'deviates' };
    expect(body['tickets']).toMatchObject([{ ticket: '3', outOfTurn }]);
    const back = { actor: { role: 'agent' } };
    await pipeline.send(ticketEvents(SOURCE, '3', start).make('ticket.queue.restored', 5.6, back, 'goes-back'));
    await pass(5.8);
    expect(await queue()).toEqual(['1 4', '2 1', '3 2', '4 3']);
  });

  it('has the order of the version in effect at once, whichever versions its tickets run under', async () => {
    await pipeline.send(ticketEvents(SOURCE, '5', start).created(5, { priority: 'urgent' }));
    await pass(6);
    expect(await queue()).toEqual(['1 4', '2 5', '3 1', '4 2', '5 3']);
    await pipeline.publish(byDue, 'pin', start + 7 * MINUTE);
    await pass(8);
    const ordered = ['1 4', '2 1', '3 5', '4 2', '5 3'];
    expect(await queue()).toEqual(ordered);
    const { queueOrder } = compilePolicy(byDue);
    expect(await orders()).not.toEqual([queueOrder]);
    expect(await pipeline.slaClock?.measureDesks()).toBe('measured');
    expect(await orders()).toEqual([queueOrder]);
    expect(await queue()).toEqual(ordered);
  });

  it('tells the deadline of now, also where the order does not go by it', async () => {
    await pipeline.publish(byId, 'pin', start + 9 * MINUTE);
    await pass(10);
    await pipeline.slaClock?.measureDesks();
    const dueAt = async () => {
      const { body } = await pipeline.get('/v1/queue?policy=acme');
      return (body['tickets'] as { ticket: string; dueAt: string | null }[]).find(({ ticket }) => ticket === '5')
        ?.dueAt;
    };
    expect(await dueAt()).toEqual(expect.any(String));
    await pipeline.send(ticketEvents(SOURCE, '5', start).status(11, 'waiting_requester'));
    await pass(12);
    const { body } = await pipeline.get(`/v1/tickets/${SOURCE}/5`);
    const running = (body['clocks'] as { outcome: string; dueAt: string | null }[]).filter(
      ({ outcome }) => outcome === 'running',
    );
    const earliest =
      running
        .map((clock) => clock.dueAt)
        .filter((due) => due !== null)
        .sort()[0] ?? null;
    expect(await dueAt()).toBe(earliest);
  });

  it('has what waits for the requester after all that the team owes, until they write', async () => {
    // By id; the fifth waits already.
    const one = ticketEvents(SOURCE, '1', start);
    expect(await queue()).toEqual(['1 1', '2 2', '3 3', '4 4', '5 5']);
    await pipeline.send(one.agent(13), one.status(14, 'waiting_requester'));
    await pass(15);
    expect(await queue()).toEqual(['1 2', '2 3', '3 4', '4 1', '5 5']);
    const { body } = await pipeline.get('/v1/queue?policy=acme');
    const waits = (body['tickets'] as { waits: boolean }[]).map((ticket) => ticket.waits);
    expect(waits).toEqual([false, false, false, true, true]);
    await pipeline.send(one.requester(16));
    await pass(17);
    expect(await queue()).toEqual(['1 1', '2 2', '3 3', '4 4', '5 5']);
  });

  /** The orders that places were made under. */
  async function orders(): Promise<string[]> {
    const rows = await pipeline.dataSource.query<{ place_order: string }[]>(
      'SELECT DISTINCT place_order FROM sla_clock.queue',
    );
    return rows.map((row) => row.place_order);
  }
});
