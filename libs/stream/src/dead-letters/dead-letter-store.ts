import type { DeadLetterFailure, Sql } from '../event-log.js';

/** Where a record stood that was given up; it names the dead letter. */
export interface LetterPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export type Resolution = 'redriven' | 'dismissed';

/** What was done about a dead letter. */
export interface Resolved {
  readonly how: Resolution;
  /** Epoch ms. */
  readonly at: number;
}

/**
 * Notes that records were given up, in the transaction that gives them up, or before it where that is not PostgreSQL's: a letter is rather
 * counted too early than never. One that was dealt with and failed again is open again.
 */
export async function noteDeadLetters(
  sql: Sql,
  logId: string,
  letters: readonly { readonly record: LetterPlace; readonly failure: DeadLetterFailure }[],
): Promise<void> {
  // A statement may not touch a row twice.
  const last = new Map(letters.map((letter) => [letterId(letter.record), letter]));
  const rows = [...last.values()].sort((a, b) => inOrder(a.record, b.record));
  await sql.query(
    `INSERT INTO stream.dead_letter (log_id, topic, partition, record_offset, code, stage)
     SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[])
     ON CONFLICT (log_id, topic, partition, record_offset)
     DO UPDATE SET code = excluded.code, stage = excluded.stage, died_at = now(), resolved_at = NULL, resolution = NULL`,
    [
      logId,
      ...columns(rows.map(({ record }) => record)),
      rows.map(({ failure }) => failure.code),
      rows.map(({ failure }) => failure.stage),
    ],
  );
}

/**
 * Marks letters as dealt with and returns those that were not before; the others stay as they are unless `which` is `all`. The
 * rows are locked to the end of the transaction, so of two who resolve the same letter one waits and then finds it done.
 */
export async function resolveLetters(
  sql: Sql,
  logId: string,
  letters: readonly (LetterPlace & { readonly code: string; readonly stage: string })[],
  resolution: Resolution,
  which: 'unresolved' | 'all',
): Promise<ReadonlySet<string>> {
  const rows = [...letters].sort(inOrder);
  const taken = await sql.query<{ topic: string; partition: number; record_offset: string }>(
    `INSERT INTO stream.dead_letter AS known (log_id, topic, partition, record_offset, code, stage, resolved_at, resolution)
     SELECT $1, place.*, now(), $7 FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[]) AS place
     ON CONFLICT (log_id, topic, partition, record_offset)
     DO UPDATE SET resolved_at = now(), resolution = excluded.resolution WHERE known.resolved_at IS NULL OR $8 = 'all'
     RETURNING topic, partition, record_offset`,
    [logId, ...columns(rows), rows.map(({ code }) => code), rows.map(({ stage }) => stage), resolution, which],
  );
  return new Set(taken.map((row) => letterId({ ...row, offset: Number(row.record_offset) })));
}

/** What was done about a log's dead letters, by letter id; those nobody has dealt with are not among it. */
export async function loadResolved(sql: Sql, logId: string): Promise<ReadonlyMap<string, Resolved>> {
  const rows = await sql.query<{
    topic: string;
    partition: number;
    record_offset: string;
    resolution: Resolution;
    at: string;
  }>(
    `SELECT topic, partition, record_offset, resolution, floor(extract(epoch FROM resolved_at) * 1000)::bigint AS at
       FROM stream.dead_letter WHERE log_id = $1 AND resolved_at IS NOT NULL`,
    [logId],
  );
  return new Map(
    rows.map((row) => [
      letterId({ ...row, offset: Number(row.record_offset) }),
      { how: row.resolution, at: Number(row.at) },
    ]),
  );
}

/** How many dead letters of which topics and codes nobody has dealt with. */
export async function countUnresolved(
  sql: Sql,
): Promise<readonly { readonly topic: string; readonly code: string; readonly letters: number }[]> {
  const rows = await sql.query<{ topic: string; code: string; letters: string }>(
    'SELECT topic, code, count(*) AS letters FROM stream.dead_letter WHERE resolved_at IS NULL GROUP BY topic, code',
  );
  return rows.map((row) => ({ ...row, letters: Number(row.letters) }));
}

/** How people and records name a dead letter: `tickets.received/3/4711`. */
export function letterId({ topic, partition, offset }: LetterPlace): string {
  return `${topic}/${partition}/${offset}`;
}

function inOrder(a: LetterPlace, b: LetterPlace): number {
  return a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset;
}

function columns(places: readonly LetterPlace[]): [string[], number[], number[]] {
  return [
    places.map(({ topic }) => topic),
    places.map(({ partition }) => partition),
    places.map(({ offset }) => offset),
  ];
}
