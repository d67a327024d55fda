import { randomUUID } from 'node:crypto';
import type { Admin, Batch, Consumer, Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { backoffMs, pause } from '../backoff.js';
import type { Processing, ProcessingStatus, ProcessOptions, Sql } from '../event-log.js';
import { FoldCounts } from '../fold-counts.js';
import { PartitionFold } from '../partition-fold.js';
import { poolSql } from '../pool-sql.js';
import { StreamError } from '../stream-error.js';
import { describeError, type StreamLogger } from '../stream-logger.js';
import type { Turnstile } from '../turnstile.js';
import { MOST_KEPT } from './fresh-outputs.js';
import { fromMessage } from './kafka-message.js';
import type { KafkaTiming } from './kafka-options.js';
import { KafkaPartition } from './kafka-partition.js';
import type { KafkaTopics } from './kafka-topics.js';
import { outboxReach, writeOutbox } from './outbox.js';
import { OutboxRelay } from './outbox-relay.js';

export interface KafkaProcessingSettings {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly dataSource: DataSource;
  readonly topics: KafkaTopics;
  readonly logId: string;
  readonly prefix: string;
  readonly partitions: number;
  readonly turnstile: Turnstile;
  readonly timing: KafkaTiming;
  readonly logger: StreamLogger;
  onStopped(processing: KafkaProcessing): void;
}

interface Running {
  readonly topic: string;
  readonly partition: number;
  readonly fold: PartitionFold;
  readonly reader: KafkaPartition;
  readonly stop: AbortController;
}

/** Outputs of one partition that may wait for the relay; above it the partition is folded no further. */
const mostUnrelayed = 50_000;
const reachEveryMs = 500;
/** Outputs of the last batches are given this long to leave when a process stops; whoever comes next relays the rest. */
const lastRelayMs = 3_000;

/** What a claim or the relay may refuse to go on with. */
const refusals = ['input_gap', 'log_changed', 'log_ahead_of_database', 'outbox_gap'] as const;

/** One member of one group: a kafkajs consumer for membership and fetching, and a reader for each partition it is assigned. */
export class KafkaProcessing implements Processing {
  readonly #options: ProcessOptions;
  readonly #settings: KafkaProcessingSettings;
  readonly #owner = randomUUID();
  readonly #sql: Sql;
  readonly #relay: OutboxRelay;
  readonly #running = new Map<string, Running>();
  /** Readers whose partition went elsewhere and that finish what is in hand. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #counts = new FoldCounts();
  readonly #progress = new Set<() => void>();
  readonly #stopping = new AbortController();
  #full: ReadonlySet<string> = new Set();
  #consumer: Consumer | undefined;
  #watching: Promise<void> = Promise.resolve();
  #restarting: Promise<void> = Promise.resolve();
  #assigned: ReadonlySet<string> = new Set();
  #stopped: Promise<void> | undefined;

  constructor(options: ProcessOptions, settings: KafkaProcessingSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#sql = poolSql(settings.dataSource);
    this.#relay = new OutboxRelay({ ...settings, group: options.group, inputs: options.topics });
  }

  /** Resolves once the group is joined and the partitions it assigned are claimed. */
  async start(): Promise<void> {
    await this.#settings.topics.ensure(this.#options.topics);
    this.#relay.start();
    this.#watching = this.#watchOutbox();
    await this.#join();
    await Promise.all([...this.#running.values()].map(({ reader }) => reader.claimed));
  }

  async lag(): ReturnType<Processing['lag']> {
    return Promise.all(
      [...this.#running.values()].map(async ({ topic, partition, fold }) => {
        const position = fold.position ?? 0;
        const end = (await this.#settings.topics.ranges(topic)).get(partition)?.end ?? 0;
        return { topic, partition, position, behind: Math.max(0, end - position) };
      }),
    );
  }

  async caughtUp(): Promise<void> {
    let left: { topic: string; partition: number; end: number }[] = [];
    for (const topic of this.#options.topics) {
      for (const [partition, { end }] of await this.#settings.topics.ranges(topic)) {
        if (end > 0) left.push({ topic, partition, end });
      }
    }
    for (;;) {
      const progress = new Promise<void>((resolve) => this.#progress.add(resolve));
      left = await this.#behind(left);
      if (left.length === 0) break;
      this.#refuseToWait(left);
      await Promise.race([progress, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
    // What a reader of the next topic sees is part of having caught up.
    await this.#relay.drained();
  }

  status(): ProcessingStatus {
    const { refusal } = this.#relay;
    const partitions = [...this.#running.values()].map(({ fold }) => {
      const status = fold.status();
      if (refusal === null || status.state === 'refused') return status;
      return { ...status, state: 'refused' as const, problem: { code: refusal.code, detail: refusal.message } };
    });
    const refused = refusal !== null || partitions.some((one) => one.state === 'refused');
    const state = this.#stopping.signal.aborted ? 'stopped' : refused ? 'refused' : 'running';
    return { state, partitions, counts: this.#counts.totals() };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    const running = [...this.#running.values()];
    for (const one of running) one.stop.abort();
    await Promise.all([...running.map(({ reader }) => reader.ended), ...this.#leaving.values()]);
    await Promise.all([this.#consumer?.disconnect().catch(() => undefined), this.#restarting, this.#watching]);
    const enough = new AbortController();
    await Promise.race([this.#relay.drained().catch(() => undefined), pause(lastRelayMs, enough.signal)]);
    enough.abort();
    await this.#relay.stop();
    this.#settings.onStopped(this);
  }

  async #join(): Promise<void> {
    const { kafka, prefix, timing, logger } = this.#settings;
    const { group, topics } = this.#options;
    const consumer = kafka.consumer({
      groupId: prefix + group,
      sessionTimeout: timing.sessionMs,
      heartbeatInterval: timing.heartbeatMs,
      rebalanceTimeout: timing.rebalanceMs,
      maxWaitTimeInMs: timing.maxWaitMs,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 },
    });
    this.#consumer = consumer;
    const joined = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        this.#assign(consumer, payload.memberAssignment);
        resolve();
      });
    });
    // The only trace of a fetch that held nothing but transactions' bookkeeping.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      const reader = this.#running.get(`${payload.partition}/${payload.topic.slice(prefix.length)}`)?.reader;
      reader?.offer({ first: Number(payload.firstOffset), next: Number(payload.lastOffset) + 1, records: [] });
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      logger.warn('the consumer crashed', { group, restarts: payload.restart, ...describeError(payload.error) });
      // kafkajs would leave it dead.
      if (!payload.restart) this.#restarting = this.#rejoin();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map((topic) => prefix + topic), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => this.#hand(batch),
    });
    await joined;
  }

  async #rejoin(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      await pause(backoffMs(attempt, 500, 30_000), signal);
      if (signal.aborted) return;
      try {
        await this.#join();
        return;
      } catch (error) {
        this.#settings.logger.warn('cannot join the group again yet', {
          group: this.#options.group,
          attempt,
          ...describeError(error),
        });
        await this.#consumer?.disconnect().catch(() => undefined);
      }
    }
  }

  #hand(batch: Batch): void {
    const topic = batch.topic.slice(this.#settings.prefix.length);
    const running = this.#running.get(`${batch.partition}/${topic}`);
    if (running === undefined) return;
    // Not in kafkajs' types: what was asked for, which the first record may lie behind.
    const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string };
    running.reader.offer({
      first: Number(fetchedOffset),
      next: Number(batch.lastOffset()) + 1,
      records: batch.messages.map((message) => fromMessage(topic, batch.partition, message)),
    });
  }

  /** The group has been joined, for the first time or again: `assignment` is what this member owns from now on. */
  #assign(consumer: Consumer, assignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.#stopping.signal.aborted || consumer !== this.#consumer) return;
    const mine = new Set<string>();
    for (const [name, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) mine.add(`${partition}/${name.slice(this.#settings.prefix.length)}`);
    }
    this.#assigned = mine;
    for (const [id, running] of this.#running) if (!mine.has(id)) this.#letGo(id, running);
    for (const id of mine) {
      const running = this.#running.get(id);
      if (running !== undefined) running.reader.rejoined();
      else this.#take(id);
    }
  }

  #letGo(id: string, running: Running): void {
    this.#running.delete(id);
    running.stop.abort();
    const leaving = running.reader.ended.then(() => {
      this.#leaving.delete(id);
      // It may have come back while its reader was finishing.
      if (this.#assigned.has(id)) this.#take(id);
    });
    this.#leaving.set(id, leaving);
  }

  #take(id: string): void {
    if (this.#running.has(id) || this.#leaving.has(id) || this.#stopping.signal.aborted) return;
    const slash = id.indexOf('/');
    this.#running.set(id, this.#startReader(id, id.slice(slash + 1), Number(id.slice(0, slash))));
  }

  #startReader(id: string, topic: string, partition: number): Running {
    const { dataSource, logId, logger, prefix, topics, timing, turnstile, partitions } = this.#settings;
    const stop = new AbortController();
    const key = { logId, group: this.#options.group, topic, partition };
    const logRange = async () => (await topics.ranges(topic)).get(partition) ?? { start: 0, end: 0 };
    const fold = new PartitionFold({
      dataSource,
      key,
      owner: this.#owner,
      partitions,
      handler: this.#options.handler,
      counts: this.#counts,
      logger,
      logRange,
      checkClaim: ({ seq }) => this.#relay.assertNotAhead(topic, partition, seq),
      write: async (sql, records) => {
        const first = await writeOutbox(sql, key, records);
        // What would not be kept there is not held here until the commit either.
        const kept = records.length > MOST_KEPT ? null : records;
        return () => this.#relay.handOver(key, first, kept);
      },
      // If the partition went elsewhere, the group says so with the next heartbeat.
      onFenced: () => pause(timing.heartbeatMs, stop.signal),
      signal: stop.signal,
    });
    const at = { topic: prefix + topic, partition };
    const paused = [{ topic: prefix + topic, partitions: [partition] }];
    const reader = new KafkaPartition({
      topic,
      partition,
      fold,
      maxBatch: this.#options.maxBatch ?? 2_000,
      savePositionMs: timing.savePositionMs,
      turnstile,
      signal: stop.signal,
      logRange,
      fetchFrom: (offset) => this.#steer((consumer) => consumer.seek({ ...at, offset: String(offset) })),
      pauseFetching: () => this.#steer((consumer) => consumer.pause(paused)),
      resumeFetching: () => this.#steer((consumer) => consumer.resume(paused)),
      outboxIsFull: () => this.#full.has(id) || this.#relay.isBehind({ topic, partition }),
      onProgress: () => this.#onProgress(),
    });
    return { topic, partition, fold, reader, stop };
  }

  /** A consumer that is not running refuses to be steered; it learns all of it when it has joined again. */
  #steer(action: (consumer: Consumer) => void): void {
    try {
      if (this.#consumer !== undefined) action(this.#consumer);
    } catch {
      // See above.
    }
  }

  async #watchOutbox(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(reachEveryMs, signal);
      try {
        const reach = await outboxReach(this.#sql, this.#settings.logId, this.#options.group);
        const full = reach.filter(({ next, relayed }) => next - relayed > mostUnrelayed);
        this.#full = new Set(full.map(({ topic, partition }) => `${partition}/${topic}`));
      } catch {
        // The folds meet the same fault and report it.
      }
    }
  }

  #onProgress(): void {
    for (const wake of this.#progress) wake();
    this.#progress.clear();
  }

  async #behind<Target extends { topic: string; partition: number; end: number }>(
    targets: Target[],
  ): Promise<Target[]> {
    const saved = new Map<string, number>();
    if (targets.some(({ topic, partition }) => !this.#running.has(`${partition}/${topic}`))) {
      const rows = await this.#sql.query<{ topic: string; partition: number; next_offset: string }>(
        'SELECT topic, partition, next_offset FROM stream.position WHERE log_id = $1 AND group_name = $2',
        [this.#settings.logId, this.#options.group],
      );
      for (const row of rows) saved.set(`${row.partition}/${row.topic}`, Number(row.next_offset));
    }
    return targets.filter(({ topic, partition, end }) => {
      const id = `${partition}/${topic}`;
      return (this.#running.get(id)?.fold.position ?? saved.get(id) ?? 0) < end;
    });
  }

  #refuseToWait(left: readonly { topic: string; partition: number }[]): void {
    if (this.#stopping.signal.aborted)
      throw new StreamError('closed', 'the processing was stopped before it caught up');
    for (const { topic, partition } of left) {
      const status = this.#running.get(`${partition}/${topic}`)?.fold.status();
      if (status?.state !== 'refused') continue;
      const code = refusals.find((known) => known === status.problem?.code) ?? 'log_changed';
      throw new StreamError(code, status.problem?.detail ?? `partition ${partition} of '${topic}' stands still`);
    }
  }
}
