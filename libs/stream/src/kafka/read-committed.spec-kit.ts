import type { Kafka, KafkaMessage } from 'kafkajs';
import { randomBytes } from 'node:crypto';

/** Reads a partition as a stranger would: committed records only, up to the end it has now. */
export async function readCommitted(client: Kafka, topic: string, partition: number): Promise<KafkaMessage[]> {
  const admin = client.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const end = Number(ends.find((one) => one.partition === partition)?.high ?? 0);
  const found: KafkaMessage[] = [];
  if (end === 0) return found;
  const groupId = `stranger.${randomBytes(4).toString('hex')}`;
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 50 });
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      if (payload.partition === partition && Number(payload.lastOffset) + 1 >= end) resolve();
    });
    const start = async (): Promise<void> => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          if (batch.partition === partition) found.push(...batch.messages);
        },
      });
    };
    start().catch(reject);
  });
  await consumer.disconnect();
  return found;
}
