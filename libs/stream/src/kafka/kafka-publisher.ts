import type { Kafka, Producer } from 'kafkajs';
import type { EncodedRecord } from '../encoded-record.js';
import { PublishQueue } from '../publish-queue.js';
import { StreamError } from '../stream-error.js';
import { sendWhole } from './send-whole.js';

export interface PublisherSettings {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly publishMs: number;
}

/**
 * Publishes with `acks=all` and an idempotent producer to explicit partitions. Publishes to one partition keep their order; what arrives
 * while a send is under way goes with the next.
 */
export class KafkaPublisher {
  readonly #settings: PublisherSettings;
  readonly #queue: PublishQueue;
  #producer: Promise<Producer> | undefined;

  constructor(settings: PublisherSettings) {
    this.#settings = settings;
    this.#queue = new PublishQueue((records) => this.#send(records));
  }

  /** Resolves when every in-sync replica has the records. Throws `log_unavailable`; the log may hold them all the same. */
  publish(records: readonly EncodedRecord[]): Promise<void> {
    return this.#queue.add(records);
  }

  async close(): Promise<void> {
    await this.#queue.settled();
    const producer = await this.#producer?.catch(() => undefined);
    await producer?.disconnect();
  }

  async #send(records: readonly EncodedRecord[]): Promise<void> {
    const { prefix, publishMs } = this.#settings;
    try {
      const producer = await within(publishMs, this.#connected());
      await within(publishMs, sendWhole(producer, records, prefix));
    } catch (error) {
      // Its sequence numbers may have a gap now, which the broker would refuse for ever; a new producer starts anew.
      const broken = this.#producer;
      this.#producer = undefined;
      void broken?.then((producer) => producer.disconnect()).catch(() => undefined);
      throw new StreamError('log_unavailable', 'Kafka did not acknowledge the records; send them again', {
        cause: error,
      });
    }
  }

  #connected(): Promise<Producer> {
    if (this.#producer === undefined) {
      const { kafka } = this.#settings;
      const producer = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        // Idempotence wants every retry; `publishMs` ends the wait.
        retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 20 },
      });
      this.#producer = producer.connect().then(() => producer);
    }
    return this.#producer;
  }
}

/** Rejects after `ms`; what is under way goes on, and its end is ignored. */
async function within<T>(ms: number, action: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Kafka did not answer within ${ms} ms`)), ms);
  });
  action.catch(() => undefined);
  try {
    return await Promise.race([action, limit]);
  } finally {
    clearTimeout(timer);
  }
}
