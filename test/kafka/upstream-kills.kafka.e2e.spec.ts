import { topics } from '@punctual/contracts';
import { kafkaUnavailable, startKafka, startPostgres, type TestKafka, type TestPostgres } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../chaos/random.js';
import { ServiceProcesses, type Instance } from '../service-processes.spec-kit.js';
import { KafkaWire, type ApiName } from './kafka-wire.spec-kit.js';
import { idsOf, overtaken, receivedLog, timesReached } from './received-log.spec-kit.js';
import { example, inAnotherCluster, writeExample } from './upstream-example.spec-kit.js';
import { Stranger } from './upstream-topic.js';
import { UpstreamWriter } from './upstream-writer.spec-kit.js';

const seed = Number(process.env['UPSTREAM_SEED'] ?? 1);
const reason = await kafkaUnavailable();

/** Where a process is killed: at one of its requests, which then reaches the broker or does not. */
interface Moment {
  readonly at: ApiName;
  readonly request: 'lost' | 'answered';
}

/** From the records read to the position moved, one after the other. */
const momentsOfTransaction: readonly Moment[] = [
  { at: 'produce in a transaction', request: 'lost' },
  { at: 'commit of offsets', request: 'lost' },
  { at: 'end of a transaction', request: 'lost' },
  { at: 'end of a transaction', request: 'answered' },
];
const momentsOfPublication: readonly Moment[] = [
  { at: 'produce', request: 'lost' },
  { at: 'produce', request: 'answered' },
];

describe.skipIf(reason !== null || process.platform === 'win32')(
  `an intake that is killed between reading an upstream and moving its position (seed ${seed})${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let postgres: TestPostgres;
    let kafka: TestKafka;
    let stranger: Stranger;
    let wire: KafkaWire;
    let directory: string;
    let prefix: string;
    let topic: string;
    let intakes: ServiceProcesses;
    beforeAll(async () => {
      [postgres, kafka] = await Promise.all([startPostgres(), startKafka()]);
      stranger = await Stranger.connect(kafka.brokers);
      wire = await KafkaWire.to(kafka.brokers[0] ?? '');
    });
    afterAll(async () => {
      await wire.close();
      await stranger.close();
      await kafka.stop();
      await postgres.stop();
    });
    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'punctual-upstream-kills-'));
      prefix = `upk${randomBytes(4).toString('hex')}.`;
      topic = `${prefix}helpdesk`;
      await stranger.makeTopic(topic, 3);
    });
    afterEach(async () => {
      wire.onRequest = () => undefined;
      await intakes.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    async function start(env: Readonly<Record<string, string>>, cluster = ''): Promise<void> {
      const database = await postgres.createDatabase();
      intakes = new ServiceProcesses({
        DATABASE_URL: database.url,
        DATABASE_POOL: '6',
        KAFKA_BROKERS: wire.broker,
        KAFKA_PREFIX: prefix,
        KAFKA_SESSION_MS: '1000',
        PARTITIONS: '4',
        UPSTREAMS: writeExample(directory, topic, cluster),
        LOG_LEVEL: 'warn',
        ...env,
      });
      await intakes.build();
    }

    async function startWithPolicy(): Promise<Instance> {
      const intake = await intakes.add('intake');
      const headers = { 'content-type': 'application/yaml' };
      const answer = await fetch(`${intake.url}/v1/policies/desk`, {
        ...{ method: 'PUT', headers, body: example('desk.policy.yaml') },
      });
      expect(answer.ok).toBe(true);
      return intake;
    }

    /** Kills an instance at the `nth` such moment from now on. */
    async function killAt({ at, request }: Moment, nth: number, instance: Instance): Promise<void> {
      let left = nth;
      const struck = new Promise<void>((resolve) => {
        wire.onRequest = (api, passing) => {
          if (api !== at || (left -= 1) !== 0) return;
          if (request === 'lost') {
            passing.cut();
            resolve();
          } else void passing.cutBehind().then(resolve);
        };
      });
      await struck;
      await intakes.kill(instance);
      wire.onRequest = () => undefined;
    }

    /** Lets a helpdesk write while the instance is killed at each of the moments, and started again. Resolves when all is read. */
    async function write(moments: readonly Moment[]): Promise<UpstreamWriter> {
      const random = new Random(seed);
      let intake = await startWithPolicy();
      const writer = new UpstreamWriter(stranger, topic);
      try {
        for (const moment of moments) {
          await killAt(moment, random.between(1, 12), intake);
          intake = await intakes.add('intake');
        }
      } finally {
        await writer.stop();
      }
      return writer;
    }

    it('leaves each event on tickets.received once, where both are in one transaction, and lets no time pass what waits', async () => {
      await start({ WATERMARK_INTERVAL_MS: '250' });
      const random = new Random(seed);
      const writer = await write([...momentsOfTransaction, random.pick(momentsOfTransaction)]);
      const ids = [...writer.writtenBy.keys()];
      const written = Math.max(...writer.writtenBy.values());
      await expect
        .poll(
          async () =>
            timesReached(await receivedLog(stranger, prefix, ids.length), 'desk').every((time) => time > written),
          { timeout: 60_000, interval: 1_000 },
        )
        .toBe(true);
      const log = await receivedLog(stranger, prefix, ids.length);
      expect(idsOf(log).sort()).toEqual(ids.sort());
      expect(overtaken(log, 'desk', writer.writtenBy)).toEqual([]);
      // The kills did fall into transactions: what those had written stands there, never committed.
      const all = await stranger.readPartitions(`${prefix}${topics.received}`, ids.length, isEvent, 'uncommitted');
      expect([...all.values()].flat().filter(isEvent).length).toBeGreaterThan(ids.length);
    }, 300_000);

    it('leaves each event there at least once, and again only as it was, where the position is moved afterwards', async () => {
      await start({ WATERMARK_INTERVAL_MS: '0' }, inAnotherCluster([wire.broker]));
      const writer = await write(momentsOfPublication);
      const expected = new Set(writer.writtenBy.keys());
      // When intake took it is no part of what an event says.
      const events = async () =>
        (await receivedLog(stranger, prefix, expected.size)).flatMap(({ records }) =>
          records.flatMap((record) => (record.kind === 'event' ? [{ ...record.event, receivedAt: 0 }] : [])),
        );
      await expect
        .poll(async () => new Set((await events()).map(({ id }) => id)), { timeout: 60_000, interval: 1_000 })
        .toEqual(expected);
      const byId = Map.groupBy(await events(), ({ id }) => id);
      const again = [...byId.values()].filter((copies) => copies.length > 1);
      expect(again.length).toBeGreaterThan(0);
      for (const [first, ...copies] of again) for (const copy of copies) expect(copy).toEqual(first);
    }, 300_000);
  },
);

function isEvent({ key }: { readonly key: Buffer | null }): boolean {
  return String(key).includes('/');
}
