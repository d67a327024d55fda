import type { Message, Producer } from 'kafkajs';
import type { EncodedRecord } from '../encoded-record.js';
import { StreamError } from '../stream-error.js';
import { toMessage } from './kafka-message.js';

/**
 * Sends records, each partition's in a request of its own, and rejects where one of them is not acknowledged; then no request is still on
 * its way. One `sendBatch` over several brokers would do neither. Where one broker fails, kafkajs begins anew while others have not
 * answered: it sends to those again, under new sequence numbers, what they then take twice, and it resolves without what a dead broker did
 * not take. A request to one broker is repeated under the same sequence numbers, which brokers recognise.
 */
export async function sendWhole(
  sender: Pick<Producer, 'sendBatch'>,
  records: readonly EncodedRecord[],
  prefix: string,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    byPlace(records).map(async ({ topic, partition, messages }) => {
      const written = await sender.sendBatch({ acks: -1, topicMessages: [{ topic: prefix + topic, messages }] });
      if (written.length === 1 && written[0]?.partition === partition) return;
      throw new StreamError(
        'log_unavailable',
        `Kafka acknowledged ${written.length} writes where one to partition ${partition} of '${prefix}${topic}' was sent`,
      );
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** The records of each partition of each topic, in their order. */
function byPlace(records: readonly EncodedRecord[]): { topic: string; partition: number; messages: Message[] }[] {
  const places = new Map<string, { topic: string; partition: number; messages: Message[] }>();
  for (const record of records) {
    const { topic, partition } = record;
    const name = `${partition}/${topic}`;
    const place = places.get(name) ?? { topic, partition, messages: [] };
    places.set(name, place);
    place.messages.push(toMessage(record));
  }
  return [...places.values()];
}
