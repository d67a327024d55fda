import { kafkaUnavailable, startKafka, startPostgres, type TestKafka, type TestPostgres } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceProcesses, type Instance } from '../service-processes.spec-kit.js';
import { idsOf, overtaken, receivedLog, timesReached } from './received-log.spec-kit.js';
import { example, writeExample } from './upstream-example.spec-kit.js';
import { Stranger } from './upstream-topic.js';
import { UpstreamWriter } from './upstream-writer.spec-kit.js';

const PARTITIONS = 4;
/** Shorter than what consumers of kafkajs take by themselves (30 s), to see that it is honoured. */
const SESSION_MS = 3_000;
const reason = await kafkaUnavailable();

describe.skipIf(reason !== null || process.platform === 'win32')(
  `instances of intake that share an upstream${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const prefix = `upi${randomBytes(4).toString('hex')}.`;
    const topic = `${prefix}helpdesk`;
    let postgres: TestPostgres;
    let kafka: TestKafka;
    let stranger: Stranger;
    let directory: string;
    let intakes: ServiceProcesses;
    let writer: UpstreamWriter | undefined;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'punctual-upstream-instances-'));
      [postgres, kafka] = await Promise.all([startPostgres(), startKafka()]);
      stranger = await Stranger.connect(kafka.brokers);
      await stranger.makeTopic(topic, PARTITIONS);
      intakes = new ServiceProcesses({
        DATABASE_URL: (await postgres.createDatabase()).url,
        DATABASE_POOL: '6',
        KAFKA_BROKERS: kafka.brokers.join(','),
        KAFKA_PREFIX: prefix,
        KAFKA_SESSION_MS: String(SESSION_MS),
        PARTITIONS: '4',
        WATERMARK_INTERVAL_MS: '250',
        UPSTREAMS: writeExample(directory, topic),
        LOG_LEVEL: 'warn',
      });
      await intakes.build();
    });
    afterAll(async () => {
      await writer?.stop();
      await intakes.stop();
      await stranger.close();
      await kafka.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    /** Records of the stream that an instance has read so far. */
    async function read({ url }: Instance): Promise<number> {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const counts = metrics.matchAll(/^punctual_upstream_records_total\{[^}]*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    }

    /** Resolves when these instances have all partitions among them, each has some, and all of them read. */
    async function share(instances: readonly Instance[], withinMs: number): Promise<void> {
      const before = await Promise.all(instances.map(read));
      const held = async () => {
        const shares = await stranger.sharesOf(`${prefix}intake.upstream.desk`, topic);
        return shares.map((partitions) => partitions.length);
      };
      await expect
        .poll(async () => (await held()).sort().join(), { timeout: withinMs, interval: 100 })
        .toBe({ 1: '4', 2: '2,2', 3: '1,1,2' }[instances.length]);
      for (const [index, instance] of instances.entries()) {
        await expect.poll(() => read(instance), { timeout: 20_000 }).toBeGreaterThan(before[index] ?? 0);
      }
    }

    it('read each record once between them, whichever comes, goes or dies, and one that dies holds its share for a session', async () => {
      const one = await intakes.add('intake');
      const headers = { 'content-type': 'application/yaml' };
      const put = { method: 'PUT', headers, body: example('desk.policy.yaml') };
      expect((await fetch(`${one.url}/v1/policies/desk`, put)).ok).toBe(true);
      writer = new UpstreamWriter(stranger, topic);
      await share([one], 30_000);
      const [two, three] = await Promise.all([intakes.add('intake'), intakes.add('intake')]);
      await share([one, two, three], 30_000);
      await two.process.stop();
      await share([one, three], 15_000);
      await intakes.kill(three);
      // Ten times as long as it should take on a machine with nothing else to do, and still no session of kafkajs' own.
      await share([one], SESSION_MS + 15_000);
      await writer.stop();

      const { writtenBy } = writer;
      const written = Math.max(...writtenBy.values());
      const log = () => receivedLog(stranger, prefix, writtenBy.size);
      await expect
        .poll(async () => timesReached(await log(), 'desk').every((time) => time > written), {
          timeout: 60_000,
          interval: 1_000,
        })
        .toBe(true);
      expect(idsOf(await log()).sort()).toEqual([...writtenBy.keys()].sort());
      expect(overtaken(await log(), 'desk', writtenBy)).toEqual([]);
    }, 240_000);
  },
);
