import type { DataSource } from 'typeorm';
import { openEmbeddedLog } from './embedded/embedded-log.js';
import type { EventLog } from './event-log.js';
import { openKafkaLog } from './kafka/kafka-log.js';
import type { KafkaLogOptions } from './kafka/kafka-options.js';
import { pinoStreamLogger, type StreamLogger } from './stream-logger.js';

/** How a Kafka cluster wants to be spoken to. */
export type KafkaSecurity = Pick<
  EventLogConfig,
  'KAFKA_SSL' | 'KAFKA_SSL_CA' | 'KAFKA_SASL_MECHANISM' | 'KAFKA_SASL_USERNAME' | 'KAFKA_SASL_PASSWORD'
>;

/** The part of a service's configuration that says where its event log is. */
export interface EventLogConfig {
  readonly PARTITIONS: number;
  /** Unset: the embedded log. */
  readonly KAFKA_BROKERS?: readonly string[] | undefined;
  readonly KAFKA_PREFIX: string;
  readonly KAFKA_REPLICATION?: number | undefined;
  /** A silent instance loses its partitions after so many ms. */
  readonly KAFKA_SESSION_MS?: number | undefined;
  readonly KAFKA_SSL: boolean;
  readonly KAFKA_SSL_CA?: string | undefined;
  readonly KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  readonly KAFKA_SASL_USERNAME?: string | undefined;
  readonly KAFKA_SASL_PASSWORD?: string | undefined;
}

export interface OpenEventLogOptions {
  /** How the process names itself to Kafka. */
  readonly clientId: string;
  /** Tells when records are appended to the embedded log; Kafka's brokers have their own. */
  readonly clock?: { now(): number };
  readonly logger?: StreamLogger;
}

/**
 * Opens the event log a service is configured for: on Kafka where KAFKA_BROKERS is set, else on tables of the database.
 * Throws a `StreamError` that says what to do.
 */
export async function openEventLog(
  config: EventLogConfig,
  dataSource: DataSource,
  { clientId, clock, logger }: OpenEventLogOptions,
): Promise<EventLog> {
  const { KAFKA_BROKERS: brokers, PARTITIONS: partitions } = config;
  const said = logger === undefined ? {} : { logger };
  if (brokers === undefined) {
    return openEmbeddedLog({ dataSource, partitions, ...said, ...(clock === undefined ? {} : { clock }) });
  }
  return openKafkaLog({
    dataSource,
    brokers,
    partitions,
    clientId,
    prefix: config.KAFKA_PREFIX,
    timing: sessionTiming(config),
    ...(config.KAFKA_REPLICATION === undefined ? {} : { replication: config.KAFKA_REPLICATION }),
    ...said,
    ...kafkaSecurity(config),
  });
}

/** `openEventLog` for a service: what the log has to say goes to the service's own pino. */
export async function openServiceLog(
  config: EventLogConfig,
  dataSource: DataSource,
  { pino, ...options }: Omit<OpenEventLogOptions, 'logger'> & { readonly pino: Parameters<typeof pinoStreamLogger>[0] },
): Promise<EventLog> {
  return openEventLog(config, dataSource, { ...options, logger: pinoStreamLogger(pino) });
}

/** How long a member of a group may be silent, as configured; the same of every group an instance is a member of. */
export function sessionTiming({ KAFKA_SESSION_MS: sessionMs }: Pick<EventLogConfig, 'KAFKA_SESSION_MS'>): {
  readonly sessionMs?: number;
  readonly heartbeatMs?: number;
} {
  return sessionMs === undefined ? {} : { sessionMs, heartbeatMs: Math.floor(sessionMs / 10) };
}

/** TLS and login, as kafkajs takes them. */
export function kafkaSecurity(config: KafkaSecurity): Pick<KafkaLogOptions, 'ssl' | 'sasl'> {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  const ca = config.KAFKA_SSL_CA;
  const login =
    mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { sasl: saslOf(mechanism, { username, password }) };
  return { ...(config.KAFKA_SSL ? { ssl: ca === undefined ? true : { ca } } : {}), ...login };
}

function saslOf(
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512',
  login: { readonly username: string; readonly password: string },
): NonNullable<KafkaLogOptions['sasl']> {
  // kafkajs tells the mechanisms apart by literal type.
  if (mechanism === 'plain') return { mechanism, ...login };
  return mechanism === 'scram-sha-256' ? { mechanism, ...login } : { mechanism, ...login };
}
