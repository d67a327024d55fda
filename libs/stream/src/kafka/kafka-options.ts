import type { ISocketFactory, SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';
import type { DataSource } from 'typeorm';
import type { StreamLogger } from '../stream-logger.js';
import type { TopicSettings } from './topic-settings.js';

export interface KafkaLogOptions {
  /** Initialised, with `streamMigrations` run. The log uses its pool and does not close it. */
  readonly dataSource: DataSource;
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** How many partitions each topic has; fixed when the topics are created. */
  readonly partitions: number;
  readonly ssl?: ConnectionOptions | boolean;
  readonly sasl?: SASLOptions;
  /** How this process names itself to the brokers. */
  readonly clientId?: string;
  /** Stands before every topic, group and transactional id, so that several Punctuals can share a cluster. */
  readonly prefix?: string;
  /** Copies of each partition; the brokers' default, unchecked, if absent. */
  readonly replication?: number;
  /** Topics whose settings differ from `topicSettings`. */
  readonly topics?: Readonly<Record<string, TopicSettings>>;
  readonly logger?: StreamLogger;
  /** How many partitions fold side by side; half of the pool by default, so that handlers find connections of their own. */
  readonly concurrency?: number;
  readonly timing?: Partial<KafkaTiming>;
  /** Makes the connections to the brokers; for tests that cut them. */
  readonly socketFactory?: ISocketFactory;
}

/** How often things happen and how long they may take, all in ms. */
export interface KafkaTiming {
  /** A member silent for longer has gone. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  /** How long members have to join again when the group changes. */
  readonly rebalanceMs: number;
  /** How long a broker holds a fetch that finds nothing. */
  readonly maxWaitMs: number;
  /** The outbox is read even if no commit of this process woke the relay. */
  readonly relayPollMs: number;
  /** A process without the relay tries to take it over. */
  readonly relayTakeOverMs: number;
  /** How long a position moved by idle units may stay unsaved. */
  readonly savePositionMs: number;
  /** A publish that is not acknowledged by then is refused as `log_unavailable`. */
  readonly publishMs: number;
}

/**
 * A killed member's partitions stand still until its session ends, and deadlines in them are told late by as much: so the session is
 * short. It may be, because heartbeats do not wait for folds (kafka-partition.ts): ten of them must be missed in a row, by a process
 * that stands still as a whole. Should it come back, the fence stops it. For the same reason members rejoin within a heartbeat, and the
 * time to rejoin need only cover a slow broker.
 */
export const defaultKafkaTiming: KafkaTiming = {
  sessionMs: 10_000,
  heartbeatMs: 1_000,
  rebalanceMs: 30_000,
  maxWaitMs: 500,
  relayPollMs: 100,
  relayTakeOverMs: 1_000,
  savePositionMs: 5_000,
  publishMs: 8_000,
};
