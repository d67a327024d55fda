import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
});
afterAll(() => pipeline.stop());

async function pass(minute: number): Promise<void> {
  await pipeline.tick(start + minute * MINUTE);
  await pipeline.settled();
}

async function counted(): Promise<number> {
  const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
  return Number(/^punctual_repeated_creations_total\{.*\} (\d+)$/m.exec(metrics)?.[1]);
}

it('a creation of a ticket that is there already is ignored and counted, once however often the ticket is folded again', async () => {
  const desk = ticketEvents('desk', 'T-1', start);
  await pipeline.send(desk.created(0));
  await pass(1);
  const before = await pipeline.published();
  expect(await counted()).toBe(0);

  const again = desk.make('ticket.created', 2, { origin: 'requester', plan: 'Gold' }, 'created-again');
  await pipeline.send(again, again);
  await pass(3);
  expect(await counted()).toBe(1);
  expect(await pipeline.published()).toEqual(before);

  // Dated before it: the ticket is folded from its start.
  await pipeline.send(desk.requester(1));
  await pass(4);
  expect((await pipeline.published()).length).toBeGreaterThan(before.length);
  expect(await counted()).toBe(1);
});
