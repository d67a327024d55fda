import 'reflect-metadata';
import { topics, type ReceivedTopicRecord, type SlaEvent } from '@punctual/contracts';
import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import type { KafkaMessage } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redrivenRecord, type LogRecord } from '@punctual/stream';
import { Product } from './product.js';
import { change, example, exampleStart, inAnotherCluster, writeExample } from './upstream-example.spec-kit.js';
import { Stranger, textOfHeaders } from './upstream-topic.js';

const MINUTE = 60_000;
const start = exampleStart;
const reason = await kafkaUnavailable();

describe.skipIf(reason !== null)(`upstream streams${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let kafka: TestKafka;
  let stranger: Stranger;
  let directory: string;
  let product: Product | undefined;
  let topic: string;
  let prefix: string;
  beforeAll(async () => {
    kafka = await startKafka();
    stranger = await Stranger.connect(kafka.brokers);
  });
  afterAll(async () => {
    await stranger.close();
    await kafka.stop();
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'punctual-upstreams-'));
    prefix = `up${randomBytes(4).toString('hex')}.`;
    topic = `${prefix}helpdesk`;
    await stranger.makeTopic(topic, 2);
  });
  afterEach(async () => {
    await product?.stop();
    product = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  /** The example, on this test's own topic; `cluster` puts it into a cluster of its own. */
  async function run(env: Record<string, string>, cluster = ''): Promise<Product> {
    product = await Product.start({ UPSTREAMS: writeExample(directory, topic, cluster), ...env });
    await product.send('PUT', '/v1/policies/desk', example('desk.policy.yaml'), 'application/yaml');
    return product;
  }

  const onKafka = (): Record<string, string> => ({ KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: prefix });
  /** Lets time come to a minute once the stream has been read to its end. */
  async function reachWhenRead(running: Product, minute: number): Promise<void> {
    await expect.poll(() => lag(running), { timeout: 20_000 }).toBe(0);
    await running.reach(start + minute * MINUTE);
  }

  /** Lag as the instance that appends watermarks says it; a watermark asks. */
  async function lag(running: Product): Promise<number> {
    await running.intake.tick();
    const metrics = await (await fetch(`${running.intake.url}/metrics`)).text();
    return Number(/^punctual_upstream_lag_records\{.*\} (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
  }

  const sla = async (count: number): Promise<SlaEvent[]> =>
    (await stranger.read(`${prefix}${topics.sla}`, count)).map(({ value }) => JSON.parse(String(value)) as SlaEvent);

  it('end in the breach of the worked example, and in no other', async () => {
    const running = await run(onKafka());
    const records = example('records.ndjson').trim().split('\n');
    const messages = records.map((value) => {
      const { change, ticket } = JSON.parse(value) as { change: { at: string }; ticket: { id: number } };
      return { key: String(ticket.id), value, timestamp: String(Date.parse(change.at)), headers: { tenant: 'acme' } };
    });
    running.clock.set(start + 45 * MINUTE);
    await stranger.write(topic, messages);
    await reachWhenRead(running, 62);
    const events = await sla(4);
    const breaches = events.filter(({ type }) => type === 'sla.clock.breached');
    expect(breaches.map(({ ticket, at }) => [ticket, at])).toEqual([['4711', start + 60 * MINUTE]]);
    expect(events.filter(({ type }) => type === 'sla.clock.met').map(({ ticket }) => ticket)).toEqual(['4712']);
    expect(breaches[0]).toMatchObject({ source: 'desk', customer: 'acme', priority: 'P1' });
    const received = await stranger.read(`${prefix}${topics.received}`, 4);
    const ids = received
      .map(({ value }) => JSON.parse(String(value)) as ReceivedTopicRecord)
      .flatMap((record) => (record.kind === 'event' ? [record.event.id] : []));
    expect(ids.sort()).toEqual(['c1/created', 'c2/created', 'c4/message']);
  }, 120_000);

  it('hold the time of their source while records wait to be read', async () => {
    const running = await run(onKafka());
    running.clock.set(start + MINUTE);
    await stranger.write(topic, [change(0, 1, 'opened')]);
    await reachWhenRead(running, 30);
    const hanging = await stranger.hang(`${prefix}intake.upstream.desk`, topic);
    running.clock.set(start + 50 * MINUTE);
    const answer = change(50, 1, 'commented', { public: true });
    await stranger.write(topic, [{ ...answer, partition: hanging.partitions[0] ?? -1 }]);
    await running.reach(start + 90 * MINUTE);
    await running.reach(start + 120 * MINUTE);
    expect(await lag(running)).toBe(1);
    expect((await sla(1)).map(({ type }) => type)).not.toContain('sla.clock.breached');
    await hanging.leave();
    await reachWhenRead(running, 121);
    const types = (await sla(3)).map(({ type }) => type);
    expect(types).toContain('sla.clock.met');
    expect(types).not.toContain('sla.clock.breached');
  }, 120_000);

  it('send what they cannot read to the dead letters, from where it comes back by the mapping of then', async () => {
    const running = await run(onKafka());
    running.clock.set(start + 5 * MINUTE);
    const avro = { key: 'k', value: Buffer.from([0, 0, 0, 0, 1, 255]), headers: { 'content-type': 'avro/binary' } };
    const odd = change(1, 7, 'danced');
    await stranger.write(topic, [
      { ...avro, partition: 0 },
      { ...odd, partition: 0 },
      { ...change(60, 8, 'opened'), partition: 0 },
      { ...change(0, 9, 'opened'), partition: 0 },
    ]);
    await reachWhenRead(running, 6);
    const letters = await stranger.read(`${prefix}${topics.received}.dlq`, 3);
    const told = letters.map(textOfHeaders);
    expect(told.map((headers) => headers['dead-letter-code']).sort()).toEqual([
      'future_event',
      'not_json',
      'unmatched_row',
    ]);
    const binary = letters.find(({ headers }) => String(headers?.['dead-letter-code']) === 'not_json');
    expect(Buffer.from(String(binary?.value), 'base64')).toEqual(avro.value);
    expect(binary === undefined ? {} : textOfHeaders(binary)).toMatchObject({
      'dead-letter-base64': 'value',
      'dead-letter-topic': topic,
      'dead-letter-partition': '0',
      'dead-letter-offset': '0',
      'dead-letter-upstream': 'desk',
      'original-content-type': 'avro/binary',
    });
    const letter = letters.find(({ headers }) => String(headers?.['dead-letter-code']) === 'unmatched_row');
    expect(String(letter?.value)).toBe(String(odd.value));
    expect(await receivedIds(1)).toEqual(['9-opened-0/created']);

    // Time has come to what was dated ahead; sent back, it is translated.
    running.clock.set(start + 60 * MINUTE);
    const ahead = letters.find(({ headers }) => String(headers?.['dead-letter-code']) === 'future_event');
    const back = redrivenRecord(asRecord(`${topics.received}.dlq`, ahead));
    expect(back.topic).toBe(topics.upstream);
    await stranger.write(`${prefix}${back.topic}`, [
      { key: back.key, value: back.text ?? null, headers: { ...back.headers }, partition: back.partition },
    ]);
    expect((await receivedIds(2)).sort()).toEqual(['8-opened-60/created', '9-opened-0/created']);
  }, 120_000);

  it('feed the embedded log as well', async () => {
    const running = await run({}, inAnotherCluster(kafka.brokers));
    running.clock.set(start + 10 * MINUTE);
    await stranger.write(topic, [
      change(0, 1, 'opened'),
      change(0, 2, 'opened'),
      change(10, 2, 'commented', { public: true }),
    ]);
    await reachWhenRead(running, 62);
    const client = new pg.Client(running.database.url);
    await client.connect();
    const { rows } = await client.query<{ value: string }>('SELECT value FROM stream.record WHERE topic = $1', [
      topics.sla,
    ]);
    await client.end();
    const events = rows.map(({ value }) => JSON.parse(value) as SlaEvent);
    const breaches = events.filter(({ type }) => type === 'sla.clock.breached');
    expect(breaches.map(({ ticket }) => ticket)).toEqual(['1']);
  }, 120_000);

  async function receivedIds(count: number): Promise<string[]> {
    const isEvent = ({ key }: KafkaMessage): boolean => String(key) !== 'watermark' && String(key) !== 'config';
    const received = await stranger.read(`${prefix}${topics.received}`, count, isEvent);
    return received
      .map(({ value }) => JSON.parse(String(value)) as ReceivedTopicRecord)
      .flatMap((record) => (record.kind === 'event' ? [record.event.id] : []));
  }
});

/** A record of one of our topics as whoever lists dead letters reads it. */
function asRecord(topic: string, message: KafkaMessage | undefined): LogRecord {
  const { offset, key, value } = message ?? { offset: '-1', key: null, value: null };
  const headers = message === undefined ? {} : textOfHeaders(message);
  const parsed = JSON.parse(String(value)) as unknown;
  return { topic, partition: 0, offset: Number(offset), key: String(key), value: parsed, headers, appendedAt: 0 };
}
