import {
  deadLetterTopic,
  topics,
  type ClassifiedTopicRecord,
  type ReceivedTopicRecord,
  type SlaEvent,
  type TicketEvent,
} from '@punctual/contracts';
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';

/** A record as it stands on the log. */
export interface Heard<Value> {
  readonly partition: number;
  readonly offset: number;
  readonly value: Value;
}

/** What stands on the log of a deployment, for readers of committed records; each partition's records in their order. */
export interface HeardLog {
  readonly received: readonly Heard<ReceivedTopicRecord>[];
  readonly classified: readonly Heard<ClassifiedTopicRecord>[];
  readonly said: readonly Heard<SlaEvent>[];
  readonly deadLetters: readonly Heard<unknown>[];
}

/** The event that a record holds, if it is one. */
export function eventsIn(value: ReceivedTopicRecord | ClassifiedTopicRecord): readonly TicketEvent[] {
  return value.kind === 'event' ? [value.event] : [];
}

/** A stranger that reads all topics from their beginning, committed records only. */
export class LogReader implements HeardLog {
  readonly received: Heard<ReceivedTopicRecord>[] = [];
  readonly classified: Heard<ClassifiedTopicRecord>[] = [];
  readonly said: Heard<SlaEvent>[] = [];
  readonly deadLetters: Heard<unknown>[] = [];
  readonly #kafka: Kafka;
  readonly #consumer: Consumer;
  /** The offset after the last record that was taken in, by `TOPIC/PARTITION`. */
  readonly #heard = new Map<string, number>();
  /** The offset after what was fetched, by `TOPIC/PARTITION`. */
  readonly #next = new Map<string, number>();

  constructor(brokers: readonly string[]) {
    this.#kafka = new Kafka({ brokers: [...brokers], clientId: 'stranger', logLevel: logLevel.NOTHING });
    this.#consumer = this.#kafka.consumer({
      groupId: `stranger-${process.pid}-${Date.now()}`,
      readUncommitted: false,
      maxWaitTimeInMs: 200,
    });
  }

  async start(): Promise<void> {
    const lists: Readonly<Record<string, Heard<never>[]>> = {
      [topics.received]: this.received as Heard<never>[],
      [topics.classified]: this.classified as Heard<never>[],
      [topics.sla]: this.said as Heard<never>[],
      [deadLetterTopic(topics.received)]: this.deadLetters as Heard<never>[],
      [deadLetterTopic(topics.classified)]: this.deadLetters as Heard<never>[],
    };
    // The only trace of a fetch that held nothing but transactions' bookkeeping.
    this.#consumer.on(this.#consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      this.#next.set(`${payload.topic}/${payload.partition}`, Number(payload.lastOffset) + 1);
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: Object.keys(lists), fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        const [place, offset] = [`${topic}/${partition}`, Number(message.offset)];
        // Nothing is committed for its group: if the group falls apart on a busy machine, the reader begins again from the start.
        if (offset < (this.#heard.get(place) ?? 0)) return;
        this.#heard.set(place, offset + 1);
        lists[topic]?.push({ partition, offset, value: JSON.parse(String(message.value)) as never });
      },
    });
  }

  /** Resolves when everything was read that stands on `sla.events` now; rejects after `limitMs`. */
  async atEnd(limitMs: number): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topics.sla).finally(() => admin.disconnect());
    const limit = performance.now() + limitMs;
    const unread = (): typeof ends =>
      ends.filter(({ partition, high }) => (this.#next.get(`${topics.sla}/${partition}`) ?? 0) < Number(high));
    while (unread().length > 0) {
      if (performance.now() > limit) throw new Error(`not read to the end: ${JSON.stringify(unread())}`);
      await pause(50);
    }
  }

  stop(): Promise<void> {
    return this.#consumer.disconnect();
  }
}
