import type { DataSource } from 'typeorm';
import { decodeRecord, encodeRecord } from '../encoded-record.js';
import type { KeyPlace, LogRecord, Rewritten } from '../event-log.js';
import { beginTransaction } from '../transaction.js';

/**
 * Puts other values and headers in the place of a key's records, in one transaction; offset, key and instant stay. The keys are not indexed: it
 * reads through the partition, which is for an operator to wait for. Returns how many it changed.
 */
export async function overwriteRecords(
  dataSource: DataSource,
  { topic, partition, key }: KeyPlace,
  partitions: number,
  rewrite: (record: LogRecord) => Rewritten | null,
): Promise<number> {
  const transaction = await beginTransaction(dataSource);
  try {
    const rows = await transaction.query<{
      record_offset: string;
      value: string;
      headers: Record<string, string> | null;
      appended_at: string;
    }>(
      `SELECT record_offset, value, headers, appended_at FROM stream.record
        WHERE topic = $1 AND partition = $2 AND key = $3 ORDER BY record_offset`,
      [topic, partition, key],
    );
    const changed = rows.flatMap((row) => {
      const [offset, appendedAt] = [Number(row.record_offset), Number(row.appended_at)];
      const stored = { topic, partition, key, offset, appendedAt, value: row.value, headers: row.headers ?? {} };
      const rewritten = rewrite(decodeRecord(stored));
      return rewritten === null
        ? []
        : [{ offset, ...encodeRecord({ topic, partition, key, ...rewritten }, partitions) }];
    });
    await transaction.query(
      `UPDATE stream.record r SET value = n.value, headers = n.headers
         FROM unnest($3::bigint[], $4::text[], $5::json[]) AS n (record_offset, value, headers)
        WHERE r.topic = $1 AND r.partition = $2 AND r.record_offset = n.record_offset`,
      [
        topic,
        partition,
        changed.map(({ offset }) => offset),
        changed.map(({ value }) => value),
        changed.map(({ headers }) => JSON.stringify(headers)),
      ],
    );
    await transaction.commit();
    return changed.length;
  } finally {
    await transaction.rollback();
  }
}
