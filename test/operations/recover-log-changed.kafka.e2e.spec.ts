import 'reflect-metadata';
import { topics } from '@punctual/contracts';
import { startLocalKafka, whyNoLocalKafka, type LocalKafka } from '@punctual/local-kafka';
import { kafkajs } from '@punctual/stream';
import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product } from '../kafka/product.js';
import { Stranger } from '../kafka/upstream-topic.js';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { linesOf, punctual } from './punctual.spec-kit.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
// The second cluster is always started from the jars.
const reason = (await kafkaUnavailable()) ?? (await whyNoLocalKafka());

describe.skipIf(reason !== null)(
  `recovery of a log that is another${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const prefix = `rlc${randomBytes(4).toString('hex')}.`;
    let kafka: TestKafka;
    let other: LocalKafka;
    let product: Product;
    let env: Record<string, string>;
    beforeAll(async () => {
      [kafka, other] = await Promise.all([startKafka(), startLocalKafka({ brokers: 1 })]);
      const where = { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: prefix };
      product = await Product.start(where);
      env = { ...where, DATABASE_URL: product.database.url };
      await product.publishPolicy();
      for (let number = 1; number <= 8; number += 1) {
        await product.deliver(ticketEvents('desk', `T-${number}`, start).created(0, { priority: 'urgent' }));
      }
      await product.reach(start + MINUTE);
      await product.stopServices();
    });
    afterAll(async () => {
      await product.stop();
      await other.stop();
      await kafka.stop();
    });

    /** Everything that a recovery could change. */
    async function state(): Promise<unknown[]> {
      const client = new pg.Client(product.database.url);
      await client.connect();
      const found = await Promise.all(
        [
          'SELECT log_id, incarnation FROM stream.store',
          'SELECT * FROM stream.position ORDER BY group_name, topic, partition',
          'SELECT * FROM stream.relay ORDER BY group_name, topic, partition',
        ].map(async (text) => (await client.query<object>(text)).rows),
      );
      await client.end();
      return found;
    }

    it.each([
      ['cluster', () => ({ KAFKA_BROKERS: other.brokers.join(',') })],
      ['prefix', () => ({ KAFKA_PREFIX: `${prefix}other.` })],
    ])('is refused for another %s, which is named, and changes nothing', async (_what, instead) => {
      const before = await state();
      for (const args of [[], ['--yes']]) {
        const ended = await punctual({ ...env, ...instead() }, 'recover', ...args);
        expect(ended).toMatchObject({ code: 2, stdout: '' });
        expect(ended.stderr).toMatch(
          /this database belongs to the log kafka:\S+:rlc[0-9a-f]{8}\., not to kafka:\S+\. Name the cluster/,
        );
      }
      expect(await state()).toEqual(before);
    });

    it('says how long the log is and where the groups stand, but changes nothing, where a topic was made anew', async () => {
      const before = await state();
      const topic = `${prefix}${topics.received}`;
      const admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [topic] });
      await expect.poll(async () => (await admin.listTopics()).includes(topic)).toBe(false);
      await admin.disconnect();
      const stranger = await Stranger.connect(kafka.brokers);
      await stranger.makeTopic(topic, 4);
      await stranger.close();

      const told = await punctual(env, 'recover', '--json');
      expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was done') as string });
      const misfits = linesOf(told);
      expect(misfits.length).toBeGreaterThan(0);
      for (const misfit of misfits) {
        expect(misfit).toMatchObject({
          code: 'log_changed',
          group: 'classifier',
          topic: topics.received,
          start: 0,
          end: 0,
        });
        expect(misfit['position']).toBeGreaterThan(0);
      }
      const refused = await punctual(env, 'recover', '--yes');
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toMatch(
        /group 'classifier' stands at offset \d+ of partition \d of 'tickets\.received', but the log ends at 0/,
      );
      expect(refused.stderr).toContain('cannot be recovered in place');
      expect(await state()).toEqual(before);
    });
  },
);
