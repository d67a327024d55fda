import 'reflect-metadata';
import { topics, type ReceivedTopicRecord } from '@punctual/contracts';
import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, punctual, type Ended } from '../operations/punctual.spec-kit.js';
import { Product } from './product.js';
import { change, example, exampleStart, writeExample } from './upstream-example.spec-kit.js';
import { Stranger } from './upstream-topic.js';

const MINUTE = 60_000;
const reason = await kafkaUnavailable();

describe.skipIf(reason !== null)(`dead letters of an upstream${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const prefix = `upl${randomBytes(4).toString('hex')}.`;
  const topic = `${prefix}helpdesk`;
  /** Whose rule for changes of this kind is missing from the example's mapping. */
  const odd = change(1, 7, 'danced');
  const id = `${topic}/0/0`;
  let kafka: TestKafka;
  let stranger: Stranger;
  let directory: string;
  let env: Record<string, string>;
  let product: Product;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'punctual-upstream-letters-'));
    kafka = await startKafka();
    stranger = await Stranger.connect(kafka.brokers);
    await stranger.makeTopic(topic, 1);
    env = {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_PREFIX: prefix,
      UPSTREAMS: writeExample(directory, topic),
    };
    product = await Product.start(env);
    await product.send('PUT', '/v1/policies/desk', example('desk.policy.yaml'), 'application/yaml');
    product.clock.set(exampleStart + 5 * MINUTE);
  }, 90_000);
  afterAll(async () => {
    await product.stop();
    await stranger.close();
    await kafka.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (...args: string[]): Promise<Ended> =>
    punctual({ ...env, UPSTREAMS: '', DATABASE_URL: product.database.url }, ...args);
  const listed = async (...args: string[]) => linesOf(await run('dlq', 'list', '--json', ...args));

  /** As the metrics of the services count them. */
  async function unresolved(): Promise<string | undefined> {
    const metrics = await (await fetch(`${product.slaClock.url}/metrics`)).text();
    return /^punctual_dead_letters_unresolved\{topic="(.*?)",code="(.*?)"[^}]*\} (\d+)$/m
      .exec(metrics)
      ?.slice(1)
      .join(' ');
  }

  async function receivedIds(): Promise<string[]> {
    const received = await stranger.read(`${prefix}${topics.received}`, 0);
    return received
      .map(({ value }) => JSON.parse(String(value)) as ReceivedTopicRecord)
      .flatMap((record) => (record.kind === 'event' ? [record.event.id] : []));
  }

  it('are listed, shown and counted as any other', async () => {
    await stranger.write(topic, [odd, change(2, 8, 'opened')]);
    await expect.poll(receivedIds, { timeout: 20_000 }).toEqual(['8-opened-2/created']);
    const [letter, ...others] = await listed();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ id, code: 'unmatched_row', stage: 'intake', attempt: 1, resolved: null });
    expect(await unresolved()).toBe(`${topic} unmatched_row 1`);
    const shown = await run('dlq', 'show', id, '--value');
    expect(JSON.parse(shown.stdout)).toMatchObject({ id, key: '7', value: JSON.parse(String(odd.value)) as unknown });
  });

  it('are open again where the mapping of then cannot translate them either', async () => {
    expect(await run('dlq', 'redrive', id, '--yes')).toMatchObject({ code: 0, stdout: `${id}\n` });
    await expect.poll(async () => (await listed()).map(({ attempt }) => attempt), { timeout: 20_000 }).toEqual([2]);
    expect(await unresolved()).toBe(`${topic} unmatched_row 1`);
  });

  it('are translated by a mapping that has been mended, once', async () => {
    const mapping = join(directory, 'desk.mapping.yaml');
    const mended = readFileSync(mapping, 'utf8').replace(
      'change.kind: opened',
      'change.kind: { in: [opened, danced] }',
    );
    writeFileSync(mapping, mended);
    const { database } = product;
    await product.stopServices();
    product = await Product.start(env, database);
    product.clock.set(exampleStart + 6 * MINUTE);
    expect(await run('dlq', 'redrive', '--code', 'unmatched_row', '--yes')).toMatchObject({
      code: 0,
      stdout: `${id}\n`,
    });
    await expect.poll(receivedIds, { timeout: 20_000 }).toEqual(['8-opened-2/created', '7-danced-1/created']);
    expect(await listed()).toEqual([]);
    expect(await listed('--resolved')).toMatchObject([{ id, attempt: 2, resolved: { how: 'redriven' } }]);
    expect(await run('dlq', 'redrive', id, '--yes')).toMatchObject({ code: 1, stdout: '' });
    expect(await unresolved()).toBeUndefined();
  });
});
