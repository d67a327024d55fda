import type { Admin, Kafka } from 'kafkajs';
import { checkProcessOptions } from '../check-process-options.js';
import { encodeRecord } from '../encoded-record.js';
import type { EventLog, LogRecord, OutgoingRecord, Processing, ProcessOptions, Sql } from '../event-log.js';
import { poolSize } from '../pool-size.js';
import { poolSql } from '../pool-sql.js';
import { StreamError } from '../stream-error.js';
import { nestStreamLogger, type StreamLogger } from '../stream-logger.js';
import { Turnstile } from '../turnstile.js';
import { kafkaClient } from './kafka-client.js';
import { defaultKafkaTiming, type KafkaLogOptions, type KafkaTiming } from './kafka-options.js';
import { KafkaProcessing } from './kafka-processing.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { KafkaTopics } from './kafka-topics.js';
import { scanTopic } from './scan-topic.js';
import { topicSettings } from './topic-settings.js';
import { whyNoAccess } from './why-no-access.js';

/**
 * Opens the event log that lives on a Kafka cluster; positions, the fence and the outbox live in schema `stream` of PostgreSQL. Creates
 * the topics of `topicSettings` where they are missing. Throws `log_unavailable` where no broker answers, `log_access_refused` where they
 * want to be spoken to otherwise, `partitions_mismatch` and `topic_mismatch` where a topic is not as stated, `log_changed` where the database
 * belongs to another log.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { dataSource, partitions, prefix = '' } = options;
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1_024) {
    throw new StreamError('invalid_option', `partitions must be a whole number from 1 to 1024, not ${partitions}`);
  }
  const logger = options.logger ?? nestStreamLogger();
  const kafka = kafkaClient({ ...options, logger });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    const logId = `kafka:${clusterId}:${prefix}`;
    await claimDatabase(poolSql(dataSource), logId, partitions);
    const topics = new KafkaTopics(admin, {
      prefix,
      partitions,
      replication: options.replication,
      topics: options.topics ?? {},
    });
    await topics.ensure(Object.keys({ ...topicSettings, ...options.topics }));
    const timing = { ...defaultKafkaTiming, ...options.timing };
    return new KafkaLog({ ...options, prefix, logger, timing }, logId, kafka, admin, topics);
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    if (error instanceof StreamError || !(error instanceof Error) || !error.name.startsWith('KafkaJS')) throw error;
    throw whyNoAccess(error, options);
  }
}

type LogSettings = KafkaLogOptions & {
  readonly prefix: string;
  readonly logger: StreamLogger;
  readonly timing: KafkaTiming;
};

class KafkaLog implements EventLog {
  readonly partitions: number;
  readonly #settings: LogSettings;
  readonly #publisher: KafkaPublisher;
  readonly #turnstile: Turnstile;
  readonly #processings = new Set<KafkaProcessing>();
  #closed: Promise<void> | undefined;

  constructor(
    settings: LogSettings,
    readonly logId: string,
    private readonly kafka: Kafka,
    private readonly admin: Admin,
    private readonly topics: KafkaTopics,
  ) {
    this.partitions = settings.partitions;
    this.#settings = settings;
    this.#publisher = new KafkaPublisher({ kafka, prefix: settings.prefix, publishMs: settings.timing.publishMs });
    const places = settings.concurrency ?? Math.max(1, Math.floor(poolSize(settings.dataSource) / 2));
    this.#turnstile = new Turnstile(places);
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    this.#assertOpen();
    if (records.length === 0) return;
    const encoded = records.map((record) => encodeRecord(record, this.partitions));
    await this.topics.ensure(encoded.map(({ topic }) => topic));
    await this.#publisher.publish(encoded);
  }

  async process(options: ProcessOptions): Promise<Processing> {
    this.#assertOpen();
    checkProcessOptions(options);
    const { dataSource, prefix, timing, logger } = this.#settings;
    const processing = new KafkaProcessing(options, {
      kafka: this.kafka,
      admin: this.admin,
      dataSource,
      topics: this.topics,
      logId: this.logId,
      prefix,
      partitions: this.partitions,
      turnstile: this.#turnstile,
      timing,
      logger,
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

  async overwrite(): Promise<null> {
    this.#assertOpen();
    return null;
  }

  async scan(topic: string, visit: (record: LogRecord) => void | Promise<void>): Promise<void> {
    this.#assertOpen();
    await this.topics.ensure([topic]);
    const { prefix } = this.#settings;
    await scanTopic(
      { kafka: this.kafka, admin: this.admin, prefix, ranges: await this.topics.ranges(topic) },
      topic,
      visit,
    );
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#processings].map((processing) => processing.stop()));
    await this.#publisher.close();
    await this.admin.disconnect();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StreamError('closed', 'the event log was closed');
  }
}

/** A database belongs to one log: positions of two would not fit one outbox. */
async function claimDatabase(sql: Sql, logId: string, partitions: number): Promise<void> {
  await sql.query('INSERT INTO stream.store (log_id, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    logId,
    partitions,
  ]);
  const [store] = await sql.query<{ log_id: string; partitions: number }>(
    'SELECT log_id, partitions FROM stream.store',
  );
  if (store?.log_id !== logId) {
    throw new StreamError(
      'log_changed',
      `this database belongs to the log ${store?.log_id ?? '(none)'}, not to ${logId}. ` +
        'Connect the cluster (and KAFKA_PREFIX) it belongs to, or use a new database.',
    );
  }
  if (store.partitions === partitions) return;
  throw new StreamError(
    'partitions_mismatch',
    `this database was created with ${store.partitions} partitions, but ${partitions} are configured. Configure ${store.partitions}, or use a new database.`,
  );
}
