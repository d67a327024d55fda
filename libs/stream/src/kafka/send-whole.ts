import type { Producer } from 'kafkajs';
import type { EncodedRecord } from '../encoded-record.js';
import { StreamError } from '../stream-error.js';
import { toMessage } from './kafka-message.js';

/**
 * Sends records, and rejects with `log_unavailable` where the brokers have not acknowledged each partition of them exactly once. kafkajs
 * resolves all the same: it repeats a send that failed in part only to brokers that have not answered yet, so what a dead broker did not
 * take is lost where one that has answered leads its partitions now, and is written twice where it went the other way.
 */
export async function sendWhole(
  sender: Pick<Producer, 'sendBatch'>,
  records: readonly EncodedRecord[],
  prefix: string,
): Promise<void> {
  const topics = new Map<string, ReturnType<typeof toMessage>[]>();
  const wanted = new Set<string>();
  for (const record of records) {
    const name = prefix + record.topic;
    const messages = topics.get(name) ?? [];
    topics.set(name, messages);
    messages.push(toMessage(record));
    wanted.add(`${record.partition}/${name}`);
  }
  const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages }));
  const written = await sender.sendBatch({ acks: -1, topicMessages });
  const acknowledged = new Set(written.map(({ topicName, partition }) => `${partition}/${topicName}`));
  if (written.length === wanted.size && [...wanted].every((place) => acknowledged.has(place))) return;
  throw new StreamError(
    'log_unavailable',
    `Kafka acknowledged ${written.length} writes to ${acknowledged.size} partitions, where ${wanted.size} were sent one each`,
  );
}
