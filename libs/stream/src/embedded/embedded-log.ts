import pg from 'pg';
import type { DataSource } from 'typeorm';
import { checkProcessOptions } from '../check-process-options.js';
import { encodeRecord, type EncodedRecord } from '../encoded-record.js';
import type {
  EventLog,
  KeyPlace,
  LogRecord,
  OutgoingRecord,
  Processing,
  ProcessOptions,
  Rewritten,
  Sql,
} from '../event-log.js';
import { poolSize } from '../pool-size.js';
import { poolSql } from '../pool-sql.js';
import { StreamError } from '../stream-error.js';
import { describeError, nestStreamLogger, type StreamLogger } from '../stream-logger.js';
import { beginTransaction } from '../transaction.js';
import { Turnstile } from '../turnstile.js';
import { appendRecords } from './append-records.js';
import { ChangeNotifier, type Change } from './change-notifier.js';
import { EmbeddedProcessing } from './embedded-processing.js';
import { defaultTiming, type EmbeddedTiming } from './embedded-timing.js';
import { LogHeads } from './log-heads.js';
import { openStore } from './open-store.js';
import { PublishQueue } from '../publish-queue.js';
import { overwriteRecords } from './overwrite-records.js';
import { readRecords } from './read-records.js';
import { topicSettings } from '../kafka/topic-settings.js';
import { trimPartition } from './trim-topic.js';

export interface EmbeddedLogOptions {
  /** Initialised, with `streamMigrations` run. The log uses its pool and does not close it. */
  readonly dataSource: DataSource;
  /** How many partitions each topic has; fixed when the store is created. */
  readonly partitions: number;
  /** Tells when records were appended; epoch ms. The system's by default. */
  readonly clock?: { now(): number };
  readonly logger?: StreamLogger;
  /** How many partitions fold side by side; half of the pool by default, so that handlers find connections of their own. */
  readonly concurrency?: number;
  /** How long records of a topic are kept after every group has folded them, ms. Topics not named are kept for good. */
  readonly retention?: Readonly<Record<string, number>>;
  readonly timing?: Partial<EmbeddedTiming>;
}

/** The embedded driver, with what a store on tables can do beyond the port. */
export interface EmbeddedLog extends EventLog {
  /** Records of a partition from offset `from` on, at most `limit`; for looking, outside any group. */
  read(topic: string, partition: number, from: number, limit: number): Promise<readonly LogRecord[]>;
  /** Deletes records appended before an instant (epoch ms) that every group of the topic has folded; returns how many. */
  trim(topic: string, before: number): Promise<number>;
}

/** As on Kafka. Ticket text must not outlive its use, nor may the dead letters that hold it. */
export const defaultRetention: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(topicSettings).flatMap(([topic, { retentionMs }]) => (retentionMs < 0 ? [] : [[topic, retentionMs]])),
);

const trimPage = 5_000;
const scanPage = 500;

/**
 * Opens the event log that lives in schema `stream` of a PostgreSQL database.
 * Throws `partitions_mismatch` where the store was created with another number of partitions.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { dataSource } = options;
  const concurrency = options.concurrency ?? Math.max(1, Math.floor(poolSize(dataSource) / 2));
  const settings: LogSettings = {
    dataSource,
    partitions: options.partitions,
    clock: options.clock ?? Date,
    logger: options.logger ?? nestStreamLogger(),
    concurrency,
    retention: options.retention ?? defaultRetention,
    timing: { ...defaultTiming, ...options.timing },
  };
  const logId = await openStore(poolSql(dataSource), options.partitions);
  const log = new PostgresLog(logId, settings);
  await log.start();
  return log;
}

type LogSettings = Required<Omit<EmbeddedLogOptions, 'timing'>> & { readonly timing: EmbeddedTiming };

class PostgresLog implements EmbeddedLog {
  readonly partitions: number;
  readonly #settings: LogSettings;
  readonly #sql: Sql;
  readonly #heads: LogHeads;
  readonly #notifier: ChangeNotifier;
  readonly #publishes: PublishQueue;
  readonly #turnstile: Turnstile;
  readonly #knownTopics = new Map<string, Promise<unknown>>();
  readonly #processings = new Set<EmbeddedProcessing>();
  #timers: NodeJS.Timeout[] = [];
  #closed: Promise<void> | undefined;

  constructor(
    readonly logId: string,
    settings: LogSettings,
  ) {
    this.partitions = settings.partitions;
    this.#settings = settings;
    this.#sql = poolSql(settings.dataSource);
    this.#heads = new LogHeads(this.#sql);
    this.#turnstile = new Turnstile(settings.concurrency);
    this.#publishes = new PublishQueue((records) => this.#publishNow(records));
    this.#notifier = new ChangeNotifier({
      connection: listenConnection(settings.dataSource),
      logId,
      everyMs: settings.timing.notifyMs,
      logger: settings.logger,
      onChange: (change) => this.#onChange(change),
    });
  }

  async start(): Promise<void> {
    await this.#notifier.start();
    const { pollMs, trimMs } = this.#settings.timing;
    this.#timers = [
      setInterval(() => this.#onChange('records'), pollMs),
      setInterval(() => void this.#trimOld(), trimMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    this.#assertOpen();
    if (records.length === 0) return;
    const encoded = records.map((record) => encodeRecord(record, this.partitions));
    await this.#publishes.add(encoded);
  }

  async process(options: ProcessOptions): Promise<Processing> {
    this.#assertOpen();
    checkProcessOptions(options);
    await this.#ensureTopics(options.topics);
    const { dataSource, timing, logger } = this.#settings;
    const processing = new EmbeddedProcessing(options, {
      dataSource,
      sql: this.#sql,
      logId: this.logId,
      partitions: this.partitions,
      heads: this.#heads,
      turnstile: this.#turnstile,
      timing,
      logger,
      write: (sql, records) => this.#append(sql, records),
      announceMembers: () => {
        this.#notifier.announce('members');
        this.#refreshMembers();
      },
      onStopped: (stopped) => this.#processings.delete(stopped),
    });
    this.#processings.add(processing);
    try {
      await processing.start();
    } catch (error) {
      await processing.stop();
      throw error;
    }
    return processing;
  }

  async read(topic: string, partition: number, from: number, limit: number): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    return readRecords(this.#sql, topic, partition, from, limit);
  }

  async scan(topic: string, visit: (record: LogRecord) => void | Promise<void>): Promise<void> {
    this.#assertOpen();
    for (let partition = 0; partition < this.partitions; partition += 1) {
      const { start, end } = await this.#heads.range(topic, partition);
      for (let from = start; from < end;) {
        const page = await readRecords(this.#sql, topic, partition, from, Math.min(scanPage, end - from));
        for (const record of page) await visit(record);
        // Trimmed under way: nothing is left before the end.
        if (page.length === 0) break;
        from = (page.at(-1)?.offset ?? end) + 1;
      }
    }
  }

  async overwrite(place: KeyPlace, rewrite: (record: LogRecord) => Rewritten | null): Promise<number> {
    this.#assertOpen();
    return overwriteRecords(this.#settings.dataSource, place, this.partitions, rewrite);
  }

  async trim(topic: string, before: number): Promise<number> {
    this.#assertOpen();
    const { dataSource } = this.#settings;
    let deleted = 0;
    for (let partition = 0; partition < this.partitions; partition += 1) {
      for (let page = trimPage; page === trimPage && this.#closed === undefined;) {
        page = await trimPartition({ dataSource, logId: this.logId, topic, partition, before, limit: trimPage });
        deleted += page;
      }
    }
    return deleted;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#processings].map((processing) => processing.stop()));
    await this.#publishes.settled();
    await this.#notifier.stop();
  }

  async #publishNow(records: readonly EncodedRecord[]): Promise<void> {
    await this.#ensureTopics(records.map((record) => record.topic));
    const transaction = await beginTransaction(this.#settings.dataSource);
    try {
      const announce = await this.#append(transaction, records);
      await transaction.commit();
      announce();
    } finally {
      await transaction.rollback();
    }
  }

  async #append(sql: Sql, records: readonly EncodedRecord[]): Promise<() => void> {
    await this.#ensureTopics(records.map((record) => record.topic));
    const ranges = await appendRecords(sql, records, this.#settings.clock.now());
    return () => {
      for (const { topic, partition, end } of ranges) this.#heads.advance(topic, partition, end);
      this.#notifier.announce('records');
    };
  }

  /** Head rows are made outside any transaction, once: made inside, they would lock out other appends until the commit. */
  async #ensureTopics(names: readonly string[]): Promise<void> {
    for (const topic of new Set(names)) {
      let known = this.#knownTopics.get(topic);
      if (known === undefined) {
        known = this.#sql.query(
          'INSERT INTO stream.head (topic, partition) SELECT $1, generate_series(0, $2 - 1) ON CONFLICT DO NOTHING',
          [topic, this.partitions],
        );
        this.#knownTopics.set(topic, known);
        known.catch(() => this.#knownTopics.delete(topic));
      }
      await known;
    }
  }

  #onChange(change: Change): void {
    if (this.#closed !== undefined || this.#processings.size === 0) return;
    if (change === 'members') this.#refreshMembers();
    // A failure shows in the readers' own queries; the next poll asks again.
    else this.#heads.refresh().catch(() => undefined);
  }

  #refreshMembers(): void {
    for (const processing of this.#processings) void processing.refreshMembers();
  }

  async #trimOld(): Promise<void> {
    const { retention, clock, logger } = this.#settings;
    for (const [topic, keepMs] of Object.entries(retention)) {
      try {
        const deleted = await this.trim(topic, clock.now() - keepMs);
        if (deleted > 0) logger.info('old records were deleted', { topic, deleted });
      } catch (error) {
        logger.warn('old records could not be deleted', { topic, ...describeError(error) });
      }
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StreamError('closed', 'the event log was closed');
  }
}

function listenConnection(dataSource: DataSource): pg.ClientConfig {
  const { options } = dataSource;
  if (options.type !== 'postgres') return {};
  if (options.url !== undefined) return { connectionString: options.url, ...tls(options.ssl) };
  return {
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.username === undefined ? {} : { user: options.username }),
    ...(typeof options.password === 'string' ? { password: options.password } : {}),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...tls(options.ssl),
  };
}

function tls(ssl: unknown): Pick<pg.ClientConfig, 'ssl'> {
  return typeof ssl === 'boolean' || (typeof ssl === 'object' && ssl !== null) ? { ssl } : {};
}
