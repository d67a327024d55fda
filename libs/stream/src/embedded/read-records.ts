import { decodeRecord } from '../encoded-record.js';
import type { LogRecord, Sql } from '../event-log.js';

/** A batch ends with the record that reaches this many bytes of values. */
const batchBytes = 16 * 1024 * 1024;

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** Reads up to `limit` records of a partition from offset `from` on, in order. */
export async function readRecords(
  sql: Sql,
  topic: string,
  partition: number,
  from: number,
  limit: number,
): Promise<LogRecord[]> {
  const rows = await sql.query<{
    record_offset: string;
    key: string;
    value: string;
    headers: Record<string, string> | null;
    appended_at: string;
  }>(
    `SELECT record_offset, key, value, headers, appended_at
       FROM (SELECT page.*, sum(octet_length(value)) OVER (ORDER BY record_offset) - octet_length(value) AS bytes_before
               FROM (SELECT record_offset, key, value, headers, appended_at FROM stream.record
                      WHERE topic = $1 AND partition = $2 AND record_offset >= $3
                      ORDER BY record_offset LIMIT $4) page) sized
      WHERE bytes_before < $5
      ORDER BY record_offset`,
    [topic, partition, from, limit, batchBytes],
  );
  return rows.map((row) =>
    decodeRecord({
      topic,
      partition,
      offset: Number(row.record_offset),
      key: row.key,
      value: row.value,
      headers: row.headers ?? noHeaders,
      appendedAt: Number(row.appended_at),
    }),
  );
}
