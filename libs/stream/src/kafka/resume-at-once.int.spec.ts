import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkajs } from './mended-kafkajs.js';

const reason = await kafkaUnavailable();
/** As long as a fetch may wait here, ms: longer than anything else in this test takes. */
const maxWaitTimeInMs = 5_000;

describe.skipIf(reason !== null)(`a paused consumer${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let kafka: TestKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());

  it('fetches as soon as a partition is resumed', async () => {
    const topic = `paused-${randomBytes(4).toString('hex')}`;
    const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
    const [admin, producer] = [client.admin(), client.producer()];
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    await producer.send({ topic, messages: [0, 1].map((partition) => ({ partition, value: String(partition) })) });
    const consumer = client.consumer({ groupId: topic, maxWaitTimeInMs, minBytes: 1 });
    try {
      const all = [{ topic, partitions: [0, 1] }];
      const read: string[] = [];
      let resumedAt = 0;
      consumer.on(consumer.events.GROUP_JOIN, () => {
        consumer.pause(all);
        setTimeout(() => {
          resumedAt = performance.now();
          consumer.resume(all);
        }, 100);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) });
      await expect.poll(() => [...read].sort(), { timeout: 15_000, interval: 5 }).toEqual(['0', '1']);
      expect(performance.now() - resumedAt).toBeLessThan(maxWaitTimeInMs / 2);
    } finally {
      await Promise.all([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
    }
  });
});
