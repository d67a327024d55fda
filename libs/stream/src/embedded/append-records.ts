import type { EncodedRecord } from '../encoded-record.js';
import type { Sql } from '../event-log.js';
import { StreamError } from '../stream-error.js';

/** The part of a partition that an append has filled. */
export interface AppendedRange {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the last record appended. */
  readonly end: number;
}

/**
 * Appends records inside the caller's transaction. Offsets come from the partitions' head rows, locked in sorted order (so two appends
 * never deadlock) and held to the commit: offsets become visible in order, and no reader can pass a record that commits late.
 * `appendedAt` is epoch ms.
 */
export async function appendRecords(
  sql: Sql,
  records: readonly EncodedRecord[],
  appendedAt: number,
): Promise<readonly AppendedRange[]> {
  const counts = new Map<string, { readonly topic: string; readonly partition: number; count: number }>();
  const slots = records.map((record) => {
    const id = `${record.partition}/${record.topic}`;
    const slot = counts.get(id) ?? { topic: record.topic, partition: record.partition, count: 0 };
    slot.count += 1;
    counts.set(id, slot);
    return slot;
  });
  const wanted = [...counts.values()];
  const taken = await sql.query<{ topic: string; partition: number; next_offset: string }>(
    `WITH wanted AS (
       SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) AS wanted(topic, partition, count)
     ), locked AS MATERIALIZED (
       SELECT head.topic, head.partition, wanted.count
         FROM stream.head JOIN wanted USING (topic, partition)
        ORDER BY topic, partition FOR UPDATE OF head
     )
     UPDATE stream.head SET next_offset = head.next_offset + locked.count
       FROM locked WHERE head.topic = locked.topic AND head.partition = locked.partition
     RETURNING head.topic, head.partition, head.next_offset`,
    [wanted.map((one) => one.topic), wanted.map((one) => one.partition), wanted.map((one) => one.count)],
  );
  const ends = new Map(taken.map((row) => [`${row.partition}/${row.topic}`, Number(row.next_offset)]));
  const next = new Map(
    wanted.map((slot) => {
      const end = ends.get(`${slot.partition}/${slot.topic}`);
      if (end === undefined)
        throw new StreamError('invalid_record', `partition ${slot.partition} of '${slot.topic}' does not exist`);
      return [slot, end - slot.count];
    }),
  );
  const offsets = slots.map((slot) => {
    const offset = next.get(slot) ?? 0;
    next.set(slot, offset + 1);
    return offset;
  });
  await sql.query(
    `INSERT INTO stream.record (topic, partition, record_offset, key, value, headers, appended_at)
     SELECT topic, partition, record_offset, key, value, headers, $7
       FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::json[])
         AS input(topic, partition, record_offset, key, value, headers)`,
    [
      records.map((record) => record.topic),
      records.map((record) => record.partition),
      offsets,
      records.map((record) => record.key),
      records.map((record) => record.value),
      records.map((record) => encodeHeaders(record.headers)),
      appendedAt,
    ],
  );
  return taken.map((row) => ({ topic: row.topic, partition: row.partition, end: Number(row.next_offset) }));
}

/** Most records have no headers; null costs nothing on disk. */
function encodeHeaders(headers: Readonly<Record<string, string>>): string | null {
  for (const name in headers) if (Object.hasOwn(headers, name)) return JSON.stringify(headers);
  return null;
}
