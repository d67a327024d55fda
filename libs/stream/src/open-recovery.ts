import type { DataSource } from 'typeorm';
import { kafkaClient } from './kafka/kafka-client.js';
import { findMisfits, recover, type Misfit, type RecoverySettings } from './kafka/recovery.js';
import { kafkaSecurity, type EventLogConfig } from './open-event-log.js';
import { poolSql } from './pool-sql.js';
import { StreamError } from './stream-error.js';
import type { StreamLogger } from './stream-logger.js';

/** What an operator can find out and mend where database and log do not fit together. */
export interface Recovery {
  find(): Promise<readonly Misfit[]>;
  /** Mends what `find` tells, and returns it. */
  mend(): Promise<readonly Misfit[]>;
  close(): Promise<void>;
}

/**
 * Opens the database and the cluster of a configuration for recovery. Throws `log_changed` where the database belongs to another cluster or
 * prefix, `no_store` where it belongs to none, `invalid_option` without Kafka: the embedded log is in the database and cannot part from it.
 */
export async function openRecovery(
  config: Omit<EventLogConfig, 'PARTITIONS'>,
  dataSource: DataSource,
  logger: StreamLogger,
): Promise<Recovery> {
  const { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix } = config;
  if (brokers === undefined) {
    throw new StreamError(
      'invalid_option',
      'the embedded log is part of the database, so there is nothing to recover; set KAFKA_BROKERS',
    );
  }
  const kafka = kafkaClient({ brokers, clientId: 'punctual-recover', ...kafkaSecurity(config), logger });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const logId = `kafka:${(await admin.describeCluster()).clusterId}:${prefix}`;
    await assertLog(dataSource, logId);
    const settings: RecoverySettings = { kafka, admin, dataSource, logId, prefix };
    return { find: () => findMisfits(settings), mend: () => recover(settings), close: () => admin.disconnect() };
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    throw error;
  }
}

async function assertLog(dataSource: DataSource, logId: string): Promise<void> {
  const sql = poolSql(dataSource);
  const [made] = await sql.query<{ there: boolean }>(`SELECT to_regclass('stream.relay') IS NOT NULL AS there`);
  const [store] = made?.there === true ? await sql.query<{ log_id: string }>('SELECT log_id FROM stream.store') : [];
  if (store === undefined)
    throw new StreamError('no_store', 'this database holds no event log: name that of the services');
  if (store.log_id === logId) return;
  throw new StreamError(
    'log_changed',
    `this database belongs to the log ${store.log_id}, not to ${logId}. Name the cluster (and KAFKA_PREFIX) it belongs to; ` +
      'where that is gone for good, replay into a new database.',
  );
}
