import type { DataSource } from 'typeorm';
import { beginTransaction } from '../transaction.js';

export interface TrimOptions {
  readonly dataSource: DataSource;
  readonly logId: string;
  readonly topic: string;
  readonly partition: number;
  /** Records appended before this instant may go, epoch ms. */
  readonly before: number;
  /** The most records to delete in this transaction, which holds up appends to the partition. */
  readonly limit: number;
}

/**
 * Deletes a partition's oldest records that were appended before an instant and that every group of the topic has folded. Returns how
 * many; call again while that is the limit. A group that has not come to a partition yet keeps all of it.
 */
export async function trimPartition(options: TrimOptions): Promise<number> {
  const { dataSource, logId, topic, partition, before, limit } = options;
  const transaction = await beginTransaction(dataSource);
  try {
    const [head] = await transaction.query<{ start_offset: string }>(
      'SELECT start_offset FROM stream.head WHERE topic = $1 AND partition = $2 FOR UPDATE',
      [topic, partition],
    );
    if (head === undefined) return 0;
    const start = Number(head.start_offset);
    const [found] = await transaction.query<{ cut: string | null }>(
      `WITH slowest AS (
         SELECT min(coalesce(own.next_offset, 0)) AS next_offset
           FROM (SELECT DISTINCT group_name FROM stream.position WHERE log_id = $1 AND topic = $2) reader
           LEFT JOIN stream.position own
             ON own.group_name = reader.group_name AND own.log_id = $1 AND own.topic = $2 AND own.partition = $3
       ), page AS (
         SELECT record_offset, appended_at FROM stream.record
          WHERE topic = $2 AND partition = $3
            AND record_offset >= $4 AND record_offset < coalesce((SELECT next_offset FROM slowest), 9223372036854775807)
          ORDER BY record_offset LIMIT $6
       )
       SELECT coalesce(min(record_offset) FILTER (WHERE appended_at >= $5), max(record_offset) + 1) AS cut FROM page`,
      [logId, topic, partition, start, before, limit],
    );
    const cut = Number(found?.cut ?? start);
    if (cut <= start) return 0;
    await transaction.query('DELETE FROM stream.record WHERE topic = $1 AND partition = $2 AND record_offset < $3', [
      topic,
      partition,
      cut,
    ]);
    await transaction.query('UPDATE stream.head SET start_offset = $3 WHERE topic = $1 AND partition = $2', [
      topic,
      partition,
      cut,
    ]);
    await transaction.commit();
    return cut - start;
  } finally {
    await transaction.rollback();
  }
}
