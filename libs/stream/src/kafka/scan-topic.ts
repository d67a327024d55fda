import type { Admin, Batch, Kafka } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import type { LogRecord } from '../event-log.js';
import { fromMessage } from './kafka-message.js';
import type { LogRange } from './kafka-topics.js';

export interface ScanSettings {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly prefix: string;
  /** How far the topic's partitions reach; the scan ends there. */
  readonly ranges: ReadonlyMap<number, LogRange>;
}

/**
 * Reads a topic from its start to where it ends now, committed records only. kafkajs reads in groups alone, so it is a group of its own that
 * commits nothing and is deleted afterwards.
 */
export async function scanTopic(
  { kafka, admin, prefix, ranges }: ScanSettings,
  topic: string,
  visit: (record: LogRecord) => void | Promise<void>,
): Promise<void> {
  const left = new Map([...ranges].filter(([, { start, end }]) => end > start).map(([at, { end }]) => [at, end]));
  if (left.size === 0) return;
  const groupId = `${prefix}scan.${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6, restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [prefix + topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const reached = (partition: number, next: number): void => {
        const end = left.get(partition);
        if (end !== undefined && next >= end) left.delete(partition);
        if (left.size === 0) resolve();
      };
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // The only trace of a fetch that held nothing but transactions' bookkeeping.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (payload.batchSize === 0) reached(payload.partition, Number(payload.lastOffset) + 1);
      });
      const eachBatch = async ({ batch }: { batch: Batch }): Promise<void> => {
        for (const message of batch.messages) {
          if (Number(message.offset) >= (left.get(batch.partition) ?? 0)) break;
          await visit(fromMessage(topic, batch.partition, message));
        }
        reached(batch.partition, Number(batch.lastOffset()) + 1);
      };
      // What `visit` throws ends the scan, and is not tried again.
      const once = (payload: { batch: Batch }): Promise<void> => eachBatch(payload).catch(reject);
      consumer.run({ autoCommit: false, eachBatch: once }).catch(reject);
    });
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
