import type { Admin, Batch, Consumer, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import { backoffMs, pause } from '../backoff.js';
import { kafkaClient } from '../kafka/kafka-client.js';
import { StreamError } from '../stream-error.js';
import { describeError } from '../stream-logger.js';
import {
  defaultUpstreamTiming,
  type RawRecord,
  type UpstreamOptions,
  type UpstreamReach,
  type UpstreamStatus,
  type UpstreamTiming,
} from './upstream.js';
import { UpstreamPartition, type FetchedRecords } from './upstream-partition.js';

/** Partitions of one stream that one instance reads side by side. */
const sideBySide = 32;

/**
 * One member of the group that reads somebody else's topic. It connects by itself and again after whatever went wrong; a topic or a
 * cluster that cannot be reached is a state to be told, not a reason to stop.
 */
export class UpstreamConsumer {
  readonly #options: UpstreamOptions;
  readonly #timing: UpstreamTiming;
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #stopping = new AbortController();
  readonly #partitions = new Map<number, UpstreamPartition>();
  #assigned: readonly number[] = [];
  #consumer: Consumer | undefined;
  #clusterId: string | undefined;
  #problem: { readonly refused: boolean; readonly what: string } | null = null;
  #running: Promise<void> = Promise.resolve();
  #crashed: () => void = () => undefined;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#timing = { ...defaultUpstreamTiming, ...options.timing };
    this.#kafka = kafkaClient({ ...options.connection, logger: options.logger });
    this.#admin = this.#kafka.admin({ retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 } });
  }

  start(): void {
    this.#running = this.#run();
  }

  status(): UpstreamStatus {
    const inTheWay = [this.#problem, ...this.#assigned.map((partition) => this.#partitions.get(partition)?.problem)];
    const problem = inTheWay.find((one) => one !== null && one !== undefined) ?? null;
    const state = this.#stopping.signal.aborted
      ? 'stopped'
      : problem !== null
        ? problem.refused
          ? 'refused'
          : 'retrying'
        : this.#consumer === undefined
          ? 'connecting'
          : 'reading';
    return { state, problem: problem?.what ?? null, partitions: this.#assigned };
  }

  /** How far the topic reaches and how far it was read, by whomever. Rejects where the cluster does not answer. */
  async reach(): Promise<UpstreamReach> {
    const clusterId = this.#clusterId;
    if (clusterId === undefined)
      throw new StreamError('log_unavailable', `upstream '${this.#options.name}' is not connected`);
    // The ends first: what is behind a position read later was behind these ends as well, or came after them.
    const ends = await this.#ends();
    return { clusterId, ends, positions: await this.#options.delivery.positions(clusterId) };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#crashed();
    await this.#running;
    await this.#options.delivery.close();
    await this.#admin.disconnect().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.#connect();
        const crashed = new Promise<void>((resolve) => (this.#crashed = resolve));
        await this.#join();
        this.#problem = null;
        failures = 0;
        if (!signal.aborted) await crashed;
      } catch (error) {
        failures += 1;
        const refused = error instanceof StreamError && error.code === 'log_changed';
        const what = error instanceof Error ? error.message : String(error);
        this.#problem = { refused, what };
        const details = { upstream: this.#options.name, failures, ...describeError(error) };
        this.#options.logger.warn('an upstream cannot be read and will be tried again', details);
      }
      await this.#leave();
      if (!signal.aborted) await pause(backoffMs(Math.max(1, failures), 200, this.#timing.retryMs), signal);
    }
  }

  /** The cluster is the one that was read before, the topic is there, and where reading begins is settled. */
  async #connect(): Promise<void> {
    const { topic, start, positions, whyNotYet } = this.#options;
    const reason = (await whyNotYet?.()) ?? null;
    if (reason !== null) throw new StreamError('not_ready', reason);
    await this.#admin.connect();
    const { clusterId } = await this.#admin.describeCluster();
    if ((await positions.load(clusterId)).size === 0) {
      const ends = await this.#ends();
      const starts = [...ends].map(([partition, range]): [number, number] => [
        partition,
        start === 'latest' ? range.end : range.start,
      ]);
      if (starts.length === 0) throw new StreamError('log_unavailable', `topic '${topic}' has no partitions`);
      await positions.begin(clusterId, new Map(starts));
    }
    this.#clusterId = clusterId;
  }

  async #join(): Promise<void> {
    const { group, topic, logger } = this.#options;
    const { sessionMs, heartbeatMs, rebalanceMs, maxWaitMs } = this.#timing;
    const consumer = this.#kafka.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: rebalanceMs,
      maxWaitTimeInMs: maxWaitMs,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 },
    });
    this.#consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#assign(payload.memberAssignment[topic] ?? []));
    // The only trace of a fetch that held nothing but transactions' bookkeeping.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      const fetched = { first: Number(payload.firstOffset), next: Number(payload.lastOffset) + 1, records: [] };
      void this.#read(payload.partition, fetched, async () => undefined);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      logger.warn('the consumer of an upstream crashed', {
        group,
        restarts: payload.restart,
        ...describeError(payload.error),
      });
      // kafkajs would leave it dead.
      if (!payload.restart) this.#crashed();
    });
    await consumer.connect();
    // What counts is the position that a claim reads; from the beginning, nothing is missed before it.
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: sideBySide,
      eachBatch: async ({ batch, heartbeat }) => this.#read(batch.partition, fetchedIn(batch), heartbeat),
    });
  }

  async #leave(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.disconnect().catch(() => undefined);
    this.#assign([]);
    await Promise.all([...this.#partitions.values()].map((partition) => partition.release()));
  }

  /** What was fetched of a partition that has gone elsewhere since is the new owner's: a claim would take it back. */
  async #read(partition: number, fetched: FetchedRecords, heartbeat: () => Promise<void>): Promise<void> {
    if (this.#assigned.includes(partition)) await this.#partition(partition).read(fetched, heartbeat);
  }

  #assign(mine: readonly number[]): void {
    this.#assigned = mine;
    for (const [id, partition] of this.#partitions) if (!mine.includes(id)) void partition.release();
  }

  #partition(partition: number): UpstreamPartition {
    const known = this.#partitions.get(partition);
    if (known !== undefined) return known;
    const { name, topic, delivery, translate, logger } = this.#options;
    const made = new UpstreamPartition({
      name,
      topic,
      partition,
      delivery,
      translate,
      logger,
      retryMs: this.#timing.retryMs,
      signal: this.#stopping.signal,
      clusterId: () => this.#clusterId ?? '',
      range: async () => (await this.#ends()).get(partition) ?? { start: 0, end: 0 },
      seek: (offset) => this.#consumer?.seek({ topic, partition, offset: String(offset) }),
    });
    this.#partitions.set(partition, made);
    return made;
  }

  async #ends(): Promise<ReadonlyMap<number, { readonly start: number; readonly end: number }>> {
    const offsets = await this.#admin.fetchTopicOffsets(this.#options.topic);
    return new Map(offsets.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]));
  }
}

function fetchedIn(batch: Batch) {
  // Not in kafkajs' types: what was asked for, which the first record may lie behind.
  const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string };
  return {
    first: Number(fetchedOffset),
    next: Number(batch.lastOffset()) + 1,
    records: batch.messages.map((message) => rawRecord(batch.topic, batch.partition, message)),
  };
}

function rawRecord(topic: string, partition: number, message: KafkaMessage): RawRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: lastOfEach(message.headers),
  };
}

function lastOfEach(headers: IHeaders | undefined): Record<string, Uint8Array> {
  const read: Record<string, Uint8Array> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) read[name] = typeof last === 'string' ? Buffer.from(last) : last;
  }
  return read;
}
