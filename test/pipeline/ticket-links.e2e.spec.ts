import 'reflect-metadata';
import { ticketPartition } from '@punctual/contracts';
import type { Intake } from '@punctual/intake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'linked';
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');

let pipeline: Pipeline;
let intake: Intake;
let minute = 0;

beforeAll(async () => {
  pipeline = await Pipeline.start();
  intake = await pipeline.startIntake();
});
afterAll(() => pipeline.stop());

async function pass(minutes = 1): Promise<void> {
  minute += minutes;
  await pipeline.reach(intake, start + minute * MINUTE);
}

async function linksOf(ticket: string): Promise<unknown> {
  const { body } = await pipeline.get(`/v1/tickets/${SOURCE}/${ticket}`);
  const explained = await pipeline.get(`/v1/tickets/${SOURCE}/${ticket}/explain`);
  expect(explained.body['links']).toEqual(body['links']);
  return body['links'];
}

async function clocksOf(ticket: string): Promise<readonly Record<string, unknown>[]> {
  const { body } = await pipeline.get(`/v1/tickets/${SOURCE}/${ticket}`);
  return body['clocks'] as readonly Record<string, unknown>[];
}

async function sendOverHttp(type: string, id: string, ticket: string, data: object): Promise<number> {
  const answer = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      ...{ specversion: '1.0', id, source: SOURCE, subject: ticket, type, data },
      time: new Date(start + minute * MINUTE).toISOString(),
    }),
  });
  return answer.status;
}

const old = ticketEvents(SOURCE, 'OLD', start);

describe('an outage that may have to do with an old ticket', () => {
  it('is a ticket with clocks of its own, and linked on both sides, also across partitions', async () => {
    expect(ticketPartition(SOURCE, 'OLD', 4)).not.toBe(ticketPartition(SOURCE, 'NEW', 4));
    await pipeline.send(old.created(0, { priority: 'normal' }));
    await pass();
    const before = await clocksOf('OLD');
    expect(await linksOf('OLD')).toEqual([]);
    const said = await pipeline.published();

    const data = { origin: 'requester', priority: 'urgent', plan: 'Gold', related: ['OLD'] };
    expect(await sendOverHttp('ticket.created', 'created', 'NEW', data)).toBe(202);
    await pass();
    const link = { at: new Date(start + MINUTE).toISOString(), eventId: 'created' };
    expect(await linksOf('NEW')).toEqual([
      {
        ...{ ticket: 'OLD', namedBy: 'this', ...link },
        text: 'This ticket names OLD as related; the clocks of both run on by themselves',
      },
    ]);
    expect(await linksOf('OLD')).toEqual([
      {
        ...{ ticket: 'NEW', namedBy: 'other', ...link },
        text: 'NEW names this ticket as related; the clocks of both run on by themselves',
      },
    ]);
    const untouched = (clocks: readonly Record<string, unknown>[]) =>
      clocks.map(({ promise, priority, startedAt, dueAt, outcome }) => ({
        promise,
        priority,
        startedAt,
        dueAt,
        outcome,
      }));
    expect(untouched(await clocksOf('OLD'))).toEqual(untouched(before));
    expect(await clocksOf('NEW')).toMatchObject([
      { promise: 'response', priority: 'P1', dueAt: new Date(start + 61 * MINUTE).toISOString() },
      {},
    ]);
    const since = (await pipeline.published()).slice(said.length);
    expect(since.filter(({ ticket }) => ticket === 'OLD')).toEqual([]);
  });

  it('may be told before the ticket that it names', async () => {
    const later = ticketEvents(SOURCE, 'LATER', start);
    await pipeline.send(ticketEvents(SOURCE, 'EARLY', start).created(minute, { related: ['LATER'] }));
    await pass();
    await pipeline.send(later.created(minute));
    await pass();
    expect(await linksOf('LATER')).toMatchObject([{ ticket: 'EARLY', namedBy: 'other' }]);
  });

  it('may be linked by the desk afterwards, and taken apart again', async () => {
    await pipeline.send(ticketEvents(SOURCE, 'OTHER', start).created(minute));
    const link = (related: readonly string[]) =>
      sendOverHttp('ticket.fields.changed', `link-${minute}`, 'OLD', { related, actor: { role: 'agent' } });
    expect(await link(['OTHER'])).toBe(202);
    await pass();
    expect(await linksOf('OTHER')).toMatchObject([{ ticket: 'OLD', namedBy: 'other' }]);
    expect(await linksOf('OLD')).toMatchObject([
      { ticket: 'NEW', namedBy: 'other' },
      { ticket: 'OTHER', namedBy: 'this' },
    ]);
    expect(await link([])).toBe(202);
    await pass();
    expect(await linksOf('OTHER')).toEqual([]);
    expect(await linksOf('OLD')).toMatchObject([{ ticket: 'NEW', namedBy: 'other' }]);
  });

  it('may be transferred, and says from both sides where it is handled', async () => {
    expect(await sendOverHttp('ticket.created', 'created', 'MOVED', { plan: 'Gold' })).toBe(202);
    await pass();
    expect(await sendOverHttp('ticket.merged', 'moved', 'MOVED', { into: 'NEW', transfer: true })).toBe(202);
    await pass();
    const link = { kind: 'transferred', at: new Date(start + (minute - 1) * MINUTE).toISOString(), eventId: 'moved' };
    expect(await linksOf('MOVED')).toEqual([
      {
        ...{ ticket: 'NEW', namedBy: 'this', ...link },
        text: 'This ticket was transferred to NEW, where it is handled now; its clocks here ended with that',
      },
    ]);
    expect(await linksOf('NEW')).toContainEqual({
      ...{ ticket: 'MOVED', namedBy: 'other', ...link },
      text: 'MOVED was transferred to this ticket; the clocks of this one run on by themselves',
    });
    expect(await clocksOf('MOVED')).toContainEqual(expect.objectContaining({ outcome: 'cancelled', reason: 'merged' }));
    expect(await sendOverHttp('ticket.restored', 'back', 'MOVED', {})).toBe(202);
    await pass();
    expect(await linksOf('MOVED')).toEqual([]);
    expect(await linksOf('NEW')).not.toContainEqual(expect.objectContaining({ ticket: 'MOVED' }));
  });

  it('says of each priority who set it and why', async () => {
    const change = { priority: 'urgent', actor: { role: 'agent', id: 'a-17' }, reason: 'Everything stands still' };
    expect(await sendOverHttp('ticket.priority.changed', 'raised', 'OTHER', change)).toBe(202);
    await pass();
    const { body } = await pipeline.get(`/v1/tickets/${SOURCE}/OTHER`);
    expect(body['priorityHistory']).toMatchObject([
      { by: 'default', who: null, why: expect.stringContaining('default') as unknown },
      { by: 'agent', who: { role: 'agent', id: 'a-17' }, why: 'Everything stands still' },
    ]);
  });

  it('is refused where the list is none', async () => {
    expect(await sendOverHttp('ticket.created', 'bad', 'BAD', { related: 'OLD' })).toBe(422);
  });

  it('is linked the same after the log is read again', async () => {
    const again = await Pipeline.start();
    try {
      await pipeline.replayInto(again);
      await again.settled();
      for (const ticket of ['OLD', 'NEW', 'OTHER', 'LATER', 'EARLY']) {
        const { body } = await again.get(`/v1/tickets/${SOURCE}/${ticket}`);
        expect(body['links']).toEqual(await linksOf(ticket));
      }
    } finally {
      await again.stop();
    }
  });
});
