import type { DataSource } from 'typeorm';
import type { EventLog } from './event-log.js';
import { openEventLog, type EventLogConfig, type OpenEventLogOptions } from './open-event-log.js';
import { poolSql } from './pool-sql.js';
import { StreamError } from './stream-error.js';

/**
 * Opens the log that a database already belongs to, with the number of partitions it was created with; makes and migrates nothing in the
 * database. For commands, which come after the services. Throws `no_store` where no service was here before.
 */
export async function openStoredLog(
  config: Omit<EventLogConfig, 'PARTITIONS'>,
  dataSource: DataSource,
  options: OpenEventLogOptions,
): Promise<EventLog> {
  return openEventLog({ ...config, PARTITIONS: await storedPartitions(dataSource) }, dataSource, options);
}

async function storedPartitions(dataSource: DataSource): Promise<number> {
  const sql = poolSql(dataSource);
  const [made] = await sql.query<{ there: boolean }>(
    `SELECT to_regclass('stream.store') IS NOT NULL AND to_regclass('stream.dead_letter') IS NOT NULL AS there`,
  );
  const [store] =
    made?.there === true ? await sql.query<{ partitions: number }>('SELECT partitions FROM stream.store') : [];
  if (store !== undefined) return store.partitions;
  throw new StreamError(
    'no_store',
    'this database holds no event log of this version. Name the database of the services (DATABASE_URL), and start them once before.',
  );
}
