import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { pause } from '../backoff.js';
import type { EncodedRecord } from '../encoded-record.js';
import type { Processing, ProcessingStatus, ProcessOptions, Sql } from '../event-log.js';
import { FoldCounts } from '../fold-counts.js';
import { PartitionFold } from '../partition-fold.js';
import { StreamError } from '../stream-error.js';
import { describeError, type StreamLogger } from '../stream-logger.js';
import type { Turnstile } from '../turnstile.js';
import type { EmbeddedTiming } from './embedded-timing.js';
import { GroupMembership, ownsPartition } from './group-membership.js';
import type { LogHeads } from './log-heads.js';
import { readPartition } from './partition-reader.js';

export interface ProcessingSettings {
  readonly dataSource: DataSource;
  readonly sql: Sql;
  readonly logId: string;
  readonly partitions: number;
  readonly heads: LogHeads;
  readonly turnstile: Turnstile;
  readonly timing: EmbeddedTiming;
  readonly logger: StreamLogger;
  write(sql: Sql, records: readonly EncodedRecord[]): Promise<() => void>;
  /** Tells other processes that the members have changed. */
  announceMembers(): void;
  onStopped(processing: EmbeddedProcessing): void;
}

interface Running {
  readonly topic: string;
  readonly partition: number;
  readonly fold: PartitionFold;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** One member of one group: keeps its membership, and a reader for each partition that it owns. */
export class EmbeddedProcessing implements Processing {
  readonly #options: ProcessOptions;
  readonly #settings: ProcessingSettings;
  readonly #membership: GroupMembership;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, Running>();
  readonly #counts = new FoldCounts();
  readonly #progress = new Set<() => void>();
  #beating: Promise<void> | undefined;
  #heartbeat: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: ProcessOptions, settings: ProcessingSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#membership = new GroupMembership(settings.sql, options.group, randomUUID(), settings.timing.memberTtlMs);
  }

  /** Joins the group and starts on the partitions that are this member's. */
  async start(): Promise<void> {
    await this.#settings.heads.refresh();
    await this.#rebalance();
    this.#settings.announceMembers();
    this.#heartbeat = this.#keepMembership();
  }

  /** The members may have changed. Never rejects: without the database everything stays as it is, and the fence protects it. */
  async refreshMembers(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#beating ??= this.#rebalance()
      .catch((error: unknown) => {
        this.#settings.logger.warn('cannot renew the membership of the group', {
          group: this.#options.group,
          ...describeError(error),
        });
      })
      .finally(() => {
        this.#beating = undefined;
      });
    await this.#beating;
  }

  async lag(): ReturnType<Processing['lag']> {
    await this.#settings.heads.refresh();
    return [...this.#running.values()].map(({ topic, partition, fold }) => {
      const position = fold.position ?? 0;
      return { topic, partition, position, behind: Math.max(0, this.#settings.heads.end(topic, partition) - position) };
    });
  }

  async caughtUp(): Promise<void> {
    const { heads, partitions } = this.#settings;
    await heads.refresh();
    const targets = this.#options.topics.flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, end: heads.end(topic, partition) })),
    );
    let left = targets.filter((target) => target.end > 0);
    for (;;) {
      const progress = new Promise<void>((resolve) => this.#progress.add(resolve));
      left = await this.#behind(left);
      if (left.length === 0) return;
      this.#refuseToWait(left);
      await Promise.race([progress, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  }

  status(): ProcessingStatus {
    const partitions = [...this.#running.values()].map(({ fold }) => fold.status());
    const refused = partitions.some((one) => one.state === 'refused');
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
    await Promise.all([this.#heartbeat, this.#beating, ...running.map((one) => one.ended)]);
    await this.#membership.leave().catch(() => undefined);
    this.#settings.announceMembers();
    this.#settings.onStopped(this);
  }

  async #keepMembership(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(this.#settings.timing.heartbeatMs, signal);
      await this.refreshMembers();
    }
  }

  async #rebalance(): Promise<void> {
    const members = await this.#membership.beat();
    if (this.#stopping.signal.aborted) return;
    for (const topic of this.#options.topics) {
      for (let partition = 0; partition < this.#settings.partitions; partition += 1) {
        const id = `${partition}/${topic}`;
        const running = this.#running.get(id);
        const mine = ownsPartition(members, this.#membership.memberId, partition);
        if (mine && running === undefined) this.#running.set(id, this.#startReader(id, topic, partition));
        else if (!mine) running?.stop.abort();
      }
    }
  }

  #startReader(id: string, topic: string, partition: number): Running {
    const { dataSource, sql, logId, heads, turnstile, timing, logger } = this.#settings;
    const stop = new AbortController();
    const fold = new PartitionFold({
      dataSource,
      key: { logId, group: this.#options.group, topic, partition },
      owner: this.#membership.memberId,
      partitions: this.#settings.partitions,
      handler: this.#options.handler,
      counts: this.#counts,
      logger,
      logRange: () => heads.range(topic, partition),
      write: (transaction, records) => this.#settings.write(transaction, records),
      onFenced: () => this.refreshMembers(),
      signal: stop.signal,
    });
    const ended = readPartition({
      topic,
      partition,
      fold,
      sql,
      heads,
      maxBatch: this.#options.maxBatch ?? 2_000,
      savePositionMs: timing.savePositionMs,
      turnstile,
      signal: stop.signal,
      onProgress: () => this.#onProgress(),
    }).then(() => {
      this.#running.delete(id);
      // The partition may have come back while its reader was finishing.
      void this.refreshMembers();
    });
    return { topic, partition, fold, stop, ended };
  }

  #onProgress(): void {
    for (const wake of this.#progress) wake();
    this.#progress.clear();
  }

  async #behind<Target extends { topic: string; partition: number; end: number }>(
    targets: Target[],
  ): Promise<Target[]> {
    const unowned = targets.filter((target) => !this.#running.has(`${target.partition}/${target.topic}`));
    const saved = new Map<string, number>();
    if (unowned.length > 0) {
      const rows = await this.#settings.sql.query<{ topic: string; partition: number; next_offset: string }>(
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
      const code = status.problem?.code === 'input_gap' ? 'input_gap' : 'log_changed';
      throw new StreamError(code, status.problem?.detail ?? `partition ${partition} of '${topic}' stands still`);
    }
  }
}
