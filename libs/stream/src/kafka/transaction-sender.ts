import type { Message, Producer, Transaction } from 'kafkajs';
import type { EncodedRecord } from '../encoded-record.js';
import { StreamError } from '../stream-error.js';
import { toMessage } from './kafka-message.js';

/** Where the first record of what was sent to a partition stands there. */
export interface Written {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Sends the records of a Kafka transaction, to each broker in one request. Where one of several brokers fails, kafkajs begins anew while others
 * have not answered, and these take their records twice (see send-whole.ts). Nobody sees that while the transaction is open, so it is enough to
 * find out: a broker that has answered twice has been asked twice.
 */
export class TransactionSender {
  readonly #prefix: string;
  readonly #answers = new Map<string, number>();

  constructor(producer: Producer, prefix: string) {
    this.#prefix = prefix;
    producer.on(producer.events.REQUEST, ({ payload: { apiName, broker } }) => {
      if (apiName === 'Produce') this.#answers.set(broker, (this.#answers.get(broker) ?? 0) + 1);
    });
  }

  /** Throws where not every record was taken, or one perhaps twice: then the transaction has to be aborted. One call after another. */
  async send(transaction: Transaction, records: readonly EncodedRecord[]): Promise<Written[]> {
    this.#answers.clear();
    const topics = Map.groupBy(records, ({ topic }) => topic);
    const topicMessages = [...topics].map(([topic, own]) => ({
      topic: this.#prefix + topic,
      messages: own.map((record): Message => toMessage(record)),
    }));
    const written = await transaction.sendBatch({ acks: -1, topicMessages });
    const places = new Set(records.map(({ topic, partition }) => `${partition}/${topic}`));
    if (written.length !== places.size) {
      throw new StreamError('log_unavailable', `Kafka acknowledged ${written.length} of ${places.size} writes`);
    }
    for (const [broker, answers] of this.#answers) {
      if (answers === 1) continue;
      throw new StreamError('log_unavailable', `${broker} was sent the same records ${answers} times`);
    }
    return written.map(({ topicName, partition, baseOffset }) => ({
      topic: topicName.slice(this.#prefix.length),
      partition,
      offset: Number(baseOffset),
    }));
  }
}
