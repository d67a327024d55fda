import 'reflect-metadata';
import { deadLetterTopic, ticketPartition, topics, type SlaEvent } from '@punctual/contracts';
import { openDataSource } from '@punctual/service-kit';
import { openStoredLog, redrivenRecord, type EventLog, type LogRecord } from '@punctual/stream';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Product } from '../kafka/product.js';
import { onBothLogs } from './event-logs.spec-kit.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

onBothLogs('traces', (newLog) => {
  let product: Product;
  let dataSource: DataSource;
  let log: EventLog;

  beforeAll(async () => {
    const env = newLog();
    product = await Product.start(env);
    await product.publishPolicy();
    dataSource = await openDataSource({ url: product.database.url, poolSize: 2, applicationName: 'traces-test' });
    const config = { KAFKA_BROKERS: env['KAFKA_BROKERS']?.split(','), KAFKA_PREFIX: env['KAFKA_PREFIX'] ?? '' };
    log = await openStoredLog({ ...config, KAFKA_SSL: false }, dataSource, { clientId: 'test', logger: silent });
  }, 90_000);
  afterAll(async () => {
    await log.close();
    await dataSource.destroy();
    await product.stop();
  });

  async function recordsOf(topic: string, ticket: string): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    await log.scan(topic, (record) => void found.push(record));
    return found.filter(({ key }) => key === `desk/${ticket}`);
  }

  async function tracesOn(topic: string, ticket: string): Promise<(string | undefined)[]> {
    return (await recordsOf(topic, ticket)).map(({ headers }) => headers['traceparent']);
  }

  it('go with an event to what it causes, and not to what time causes', async () => {
    const [asked, answered] = [traceparent(), traceparent()];
    const one = ticketEvents('desk', 'ONE', start);
    const created = one.created(0, { priority: 'urgent' });
    const reply = one.agent(90);
    await product.deliver(created, { traceparent: asked });
    await product.reach(start + 61 * MINUTE);
    await product.deliver(reply, { traceparent: answered });
    await product.reach(start + 91 * MINUTE);

    expect(await tracesOn(topics.received, 'ONE')).toEqual([asked, answered]);
    expect(await tracesOn(topics.classified, 'ONE')).toEqual([asked, answered]);
    const said = await recordsOf(topics.sla, 'ONE');
    const traceOfCause = new Map<string | null, string | undefined>([
      [created.id, asked],
      [reply.id, answered],
      [null, undefined],
    ]);
    const causes = said.map(({ value }) => (value as SlaEvent).cause);
    expect(new Set(causes)).toEqual(new Set(traceOfCause.keys()));
    expect(said.map(({ headers }) => headers['traceparent'])).toEqual(causes.map((cause) => traceOfCause.get(cause)));
  });

  it('begin at intake where a request names none that can be read', async () => {
    const two = ticketEvents('desk', 'TWO', start);
    await product.deliver(two.created(100));
    await product.deliver(two.agent(101), { traceparent: '00-not-a-trace-01' });
    await product.reach(start + 102 * MINUTE);
    const made = await tracesOn(topics.received, 'TWO');
    expect(new Set(made).size).toBe(2);
    for (const trace of made) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(await tracesOn(topics.classified, 'TWO')).toEqual(made);
  });

  it('stay with a dead letter, and with the record that is tried again', async () => {
    const trace = traceparent();
    const first = ticketEvents('desk', 'THREE', start).created(110);
    await product.deliver(first);
    await product.deliver({ ...first, occurredAt: first.occurredAt + MINUTE }, { traceparent: trace });
    await product.reach(start + 112 * MINUTE);
    const [letter] = await recordsOf(deadLetterTopic(topics.received), 'THREE');
    if (letter === undefined) throw new Error('no dead letter');
    await log.publish([redrivenRecord(letter)]);
    await product.reach(start + 113 * MINUTE);
    const letters = await recordsOf(deadLetterTopic(topics.received), 'THREE');
    const attempts = letters.map(({ headers }) => [headers['dead-letter-attempt'], headers['traceparent']]);
    expect(attempts).toEqual([
      ['1', trace],
      ['2', trace],
    ]);
  });

  it('that cannot be read are no poison to those who find them on the log', async () => {
    const four = ticketEvents('desk', 'FOUR', start).created(120);
    const partition = ticketPartition('desk', 'FOUR', log.partitions);
    const value = { kind: 'event', event: four, policy: 'acme' };
    await log.publish([
      { topic: topics.received, partition, key: 'desk/FOUR', value, headers: { traceparent: 'ff-garbage' } },
    ]);
    await product.reach(start + 121 * MINUTE);
    expect(await tracesOn(topics.classified, 'FOUR')).toEqual([undefined]);
    expect((await recordsOf(topics.sla, 'FOUR')).length).toBeGreaterThan(0);
  });

  it('wait with what a ticket set aside has parked, and go on with it', async () => {
    const [asked, answered, solved] = [traceparent(), traceparent(), traceparent()];
    const five = ticketEvents('desk', 'FIVE', start);
    const created = five.created(130);
    const torn = { ...created, data: { ...created.data, subject: { not: 'text' } } };
    const partition = ticketPartition('desk', 'FIVE', log.partitions);
    const at = { topic: topics.received, partition, key: 'desk/FIVE' };
    const headers = { traceparent: asked };
    await log.publish([{ ...at, value: { kind: 'event', event: torn, policy: 'acme' }, headers }]);
    await product.deliver(five.agent(131), { traceparent: answered });
    await product.reach(start + 132 * MINUTE);
    expect(await tracesOn(topics.classified, 'FIVE')).toEqual([undefined]);

    await dataSource.query(
      `UPDATE classifier.parked SET record = replace(record::text, '{"not":"text"}', '"text"')::json WHERE ticket = 'FIVE'`,
    );
    await product.deliver(five.status(133, 'solved'), { traceparent: solved });
    await log.publish([{ ...at, value: { kind: 'release', source: 'desk', ticket: 'FIVE' } }]);
    await product.reach(start + 134 * MINUTE);
    const classified = await recordsOf(topics.classified, 'FIVE');
    const ofEvents = classified.filter(({ value }) => (value as { kind: string }).kind === 'event');
    expect(ofEvents.map((record) => record.headers['traceparent'])).toEqual([asked, answered, solved]);
  });
});

function traceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
