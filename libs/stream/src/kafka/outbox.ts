import { randomUUID } from 'node:crypto';
import type { EncodedRecord } from '../encoded-record.js';
import type { Sql } from '../event-log.js';
import type { PositionKey } from '../fence.js';
import { StreamError } from '../stream-error.js';

/** The input partition that outputs were made from, and are numbered by. */
export interface RelayOrigin {
  readonly topic: string;
  readonly partition: number;
}

/** An output on its way to Kafka. */
export interface OutboxRow extends EncodedRecord {
  readonly origin: RelayOrigin;
  readonly seq: number;
}

/** How far the outputs of one input partition have come: the next sequence number to relay. */
export interface RelayPosition extends RelayOrigin {
  readonly seq: number;
}

/**
 * Puts outputs into the outbox, inside the fenced transaction. Their numbers come from the position's row, which the fence has locked to
 * the commit: so they have no gaps, and their order is the order of commits. Returns the first number.
 */
export async function writeOutbox(sql: Sql, key: PositionKey, records: readonly EncodedRecord[]): Promise<number> {
  const values = records.map(({ value }) => value);
  const separator = separatorOf(values);
  const [written] = await sql.query<{ first_seq: string }>(
    `WITH moved AS (
       UPDATE stream.position SET next_seq = next_seq + $5
        WHERE log_id = $1 AND group_name = $2 AND topic = $3 AND partition = $4
       RETURNING next_seq - $5 AS first_seq
     ), outputs AS (
     INSERT INTO stream.outbox (log_id, group_name, topic, partition, seq, target_topic, target_partition, key, value, headers)
     SELECT $1, $2, $3, $4, first_seq + place - 1, target_topic, target_partition, key, coalesce(value, ''), headers
       FROM moved, ROWS FROM (unnest($6::text[], $7::int[], $8::text[], $9::json[]), string_to_table($10, $11)) WITH ORDINALITY
         AS output(target_topic, target_partition, key, headers, value, place))
     SELECT first_seq FROM moved`,
    [
      key.logId,
      key.group,
      key.topic,
      key.partition,
      records.length,
      records.map((record) => record.topic),
      records.map((record) => record.partition),
      records.map((record) => record.key),
      records.map(({ headers }) => (Object.keys(headers).length === 0 ? null : JSON.stringify(headers))),
      values.join(separator),
      separator,
    ],
  );
  return Number(written?.first_seq);
}

/**
 * What the values stand apart by in one text, where an array would escape every quote in them (see json-lines.ts). JSON as it is written
 * here has no line breaks; the text of a dead letter may be anything.
 */
function separatorOf(values: readonly string[]): string {
  return values.some((value) => value.includes('\n')) ? `\n${randomUUID()}\n` : '\n';
}

/** Reads at most `limit` outputs of each input partition from its position on, in order. Throws `outbox_gap`. */
export async function readOutbox(
  sql: Sql,
  logId: string,
  group: string,
  positions: readonly RelayPosition[],
  limit: number,
): Promise<OutboxRow[]> {
  const rows = await sql.query<{
    topic: string;
    partition: number;
    seq: string;
    target_topic: string;
    target_partition: number;
    key: string;
    value: string;
    headers: Record<string, string> | null;
  }>(
    `SELECT page.* FROM unnest($3::text[], $4::int[], $5::bigint[]) AS wanted(topic, partition, seq),
       LATERAL (SELECT topic, partition, seq, target_topic, target_partition, key, value, headers FROM stream.outbox
                 WHERE log_id = $1 AND group_name = $2 AND topic = wanted.topic AND partition = wanted.partition
                   AND seq >= wanted.seq ORDER BY seq LIMIT $6) page`,
    [logId, group, ...columns(positions), limit],
  );
  const expected = new Map(positions.map(({ topic, partition, seq }) => [`${partition}/${topic}`, seq]));
  return rows.map((row) => {
    const id = `${row.partition}/${row.topic}`;
    const seq = Number(row.seq);
    const wanted = expected.get(id);
    if (seq !== wanted) {
      throw new StreamError(
        'outbox_gap',
        `group '${group}' is to relay output ${wanted ?? 0} of partition ${row.partition} of '${row.topic}', but the outbox goes on with ${seq}: ` +
          'rows were deleted by hand. Restore them, or start a new database on new topics.',
      );
    }
    expected.set(id, seq + 1);
    return {
      origin: { topic: row.topic, partition: row.partition },
      seq,
      topic: row.target_topic,
      partition: row.target_partition,
      key: row.key,
      value: row.value,
      headers: row.headers ?? {},
    };
  });
}

/**
 * Records that Kafka has the outputs before these positions, and deletes them. They are looked for from the last such position on: what lies
 * before it is gone, and PostgreSQL would walk through all that it has not cleared away yet.
 */
export async function forgetRelayed(
  sql: Sql,
  logId: string,
  group: string,
  positions: readonly RelayPosition[],
): Promise<void> {
  if (positions.length === 0) return;
  await sql.query(
    `WITH done AS (SELECT * FROM unnest($3::text[], $4::int[], $5::bigint[]) AS done(topic, partition, seq)),
     gone AS (
       DELETE FROM stream.outbox USING done LEFT JOIN stream.relay mirror
           ON mirror.log_id = $1 AND mirror.group_name = $2 AND mirror.topic = done.topic AND mirror.partition = done.partition
        WHERE outbox.log_id = $1 AND outbox.group_name = $2 AND outbox.topic = done.topic AND outbox.partition = done.partition
          AND outbox.seq >= coalesce(mirror.relayed_seq, 0) AND outbox.seq < done.seq
     )
     INSERT INTO stream.relay AS mirror (log_id, group_name, topic, partition, relayed_seq)
     SELECT $1, $2, topic, partition, seq FROM done
     ON CONFLICT (group_name, topic, partition, log_id)
     DO UPDATE SET relayed_seq = greatest(mirror.relayed_seq, excluded.relayed_seq)`,
    [logId, group, ...columns(positions)],
  );
}

/** Of each input partition: the next number to be given to an output, and the next to be relayed as PostgreSQL knows it. */
export async function outboxReach(
  sql: Sql,
  logId: string,
  group: string,
): Promise<readonly { topic: string; partition: number; next: number; relayed: number }[]> {
  const rows = await sql.query<{ topic: string; partition: number; next_seq: string; relayed_seq: string | null }>(
    `SELECT own.topic, own.partition, own.next_seq, mirror.relayed_seq
       FROM stream.position own LEFT JOIN stream.relay mirror USING (log_id, group_name, topic, partition)
      WHERE own.log_id = $1 AND own.group_name = $2`,
    [logId, group],
  );
  return rows.map(({ topic, partition, next_seq, relayed_seq }) => ({
    topic,
    partition,
    next: Number(next_seq),
    relayed: Number(relayed_seq ?? 0),
  }));
}

function columns(positions: readonly RelayPosition[]): [string[], number[], number[]] {
  return [
    positions.map(({ topic }) => topic),
    positions.map(({ partition }) => partition),
    positions.map(({ seq }) => seq),
  ];
}
