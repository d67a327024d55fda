import { randomUUID } from 'node:crypto';
import type { Sql } from '../event-log.js';
import { StreamError } from '../stream-error.js';

/**
 * Opens the store, creating it with `partitions` on first use, and returns its log id. Throws `partitions_mismatch` where it has another
 * number: the partition of a ticket would change, and with it every order and ownership.
 */
export async function openStore(sql: Sql, partitions: number): Promise<string> {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1_024) {
    throw new StreamError('invalid_option', `partitions must be a whole number from 1 to 1024, not ${partitions}`);
  }
  await sql.query('INSERT INTO stream.store (log_id, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    `embedded:${randomUUID()}`,
    partitions,
  ]);
  const [store] = await sql.query<{ log_id: string; partitions: number }>(
    'SELECT log_id, partitions FROM stream.store',
  );
  if (store === undefined)
    throw new StreamError('log_changed', 'the row of stream.store is gone; the database was changed by hand');
  if (!store.log_id.startsWith('embedded:')) {
    throw new StreamError(
      'log_changed',
      `this database belongs to the log ${store.log_id}, not to an embedded one. Set KAFKA_BROKERS to its cluster, or use a new database.`,
    );
  }
  if (store.partitions === partitions) return store.log_id;
  throw new StreamError(
    'partitions_mismatch',
    `this store was created with ${store.partitions} partitions, but ${partitions} are configured. ` +
      `Configure ${store.partitions}, or use a new database.`,
  );
}
