import 'reflect-metadata';
import { topics, type SlaEvent } from '@punctual/contracts';
import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { kafkajs } from '@punctual/stream';
import type { Kafka, Message } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { Product } from './product.js';

const MINUTE = 60_000;
/** A Monday, 10:00 in Stockholm. */
const start = Date.parse('2026-03-02T09:00:00Z');
const reason = await kafkaUnavailable();

/** A promise broken, one kept, an answer owed and given; over several tickets, so that several partitions take part. */
async function play(product: Product): Promise<void> {
  await product.publishPolicy();
  const tickets = Array.from({ length: 8 }, (_none, index) => ticketEvents('desk', `T-${index}`, start));
  for (const { created } of tickets) await product.deliver(created(0, { priority: 'urgent' }));
  await product.reach(start + MINUTE);
  await product.reach(start + 61 * MINUTE);
  for (const { agent } of tickets) await product.deliver(agent(90));
  for (const { status } of tickets) await product.deliver(status(120, 'solved'));
  await product.reach(start + 121 * MINUTE);
}

/** SLA events by ticket, each ticket's in the order of the log. */
function byTicket(events: readonly SlaEvent[]): Record<string, SlaEvent[]> {
  return Object.groupBy(events, ({ ticket }) => ticket) as Record<string, SlaEvent[]>;
}

async function embeddedRun(): Promise<SlaEvent[]> {
  const product = await Product.start({});
  await play(product);
  const client = new pg.Client(product.database.url);
  await client.connect();
  const { rows } = await client.query<{ value: string }>(
    'SELECT value FROM stream.record WHERE topic = $1 ORDER BY partition, record_offset',
    [topics.sla],
  );
  await client.end();
  await product.stop();
  return rows.map(({ value }) => JSON.parse(value) as SlaEvent);
}

describe.skipIf(reason !== null)(`the product on Kafka${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const prefix = `e2e${randomBytes(4).toString('hex')}.`;
  let kafka: TestKafka;
  let product: Product;
  let client: Kafka;
  beforeAll(async () => {
    kafka = await startKafka();
    client = new kafkajs.Kafka({
      brokers: [...kafka.brokers],
      clientId: 'stranger',
      logLevel: kafkajs.logLevel.NOTHING,
    });
    product = await Product.start({ KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: prefix });
  });
  afterAll(async () => {
    await product.stop();
    await kafka.stop();
  });

  it('says on sla.events, to anyone who reads committed records, what it says on the embedded log', async () => {
    await play(product);
    const expected = byTicket(await embeddedRun());
    const total = Object.values(expected).flat().length;
    expect(Object.keys(expected)).toHaveLength(8);
    const messages = await follow(client, `${prefix}${topics.sla}`, total);
    const said = messages.map(({ value }) => JSON.parse(String(value)) as SlaEvent);
    expect(byTicket(said)).toEqual(expected);
    expect(new Set(said.map(({ id }) => id)).size).toBe(total);
    const breach = messages.find(({ value }) => String(value).includes('sla.clock.breached'));
    const headers = Object.entries(breach?.headers ?? {}).map(([name, value]) => [name, String(value)]);
    expect(Object.fromEntries(headers)).toMatchObject({
      ce_specversion: '1.0',
      ce_type: 'sla.clock.breached',
      ce_source: 'desk',
      ce_time: '2026-03-02T10:00:00.000Z',
      'content-type': 'application/json',
    });
  }, 90_000);
});

/** Reads a topic with a plain consumer until it has `count` records, and a moment longer for those that must not be. */
async function follow(client: Kafka, topic: string, count: number): Promise<Message[]> {
  const found: Message[] = [];
  const consumer = client.consumer({ groupId: `stranger-${randomBytes(4).toString('hex')}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void found.push(message) });
  await expect.poll(() => found.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await consumer.disconnect();
  return found;
}
