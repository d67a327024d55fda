import type { Sql } from './event-log.js';
import { StreamError } from './stream-error.js';

/** What identifies a position: a group's place in one partition of one topic of one log. */
export interface PositionKey {
  readonly logId: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** A spell of ownership as the database knows it. */
export interface Claim {
  readonly epoch: number;
  /** The offset of the next record to fold. */
  readonly offset: number;
  /** The next sequence number of an outbox; only drivers with one use it. */
  readonly seq: number;
}

/**
 * Takes a partition over: raises the owner epoch, which from then on fences every earlier owner, and only then reads the position.
 * A group that was never here starts at `logStart`. Throws `log_changed` where the group has a position, but of another log.
 */
export async function claimPosition(sql: Sql, key: PositionKey, owner: string, logStart: number): Promise<Claim> {
  const [row] = await sql.query<{ next_offset: string; next_seq: string; owner_epoch: string }>(
    `INSERT INTO stream.position AS mine (log_id, group_name, topic, partition, next_offset, next_seq, owner_epoch, owner)
     SELECT $1, $2, $3, $4, $6, 0, 1, $5
      WHERE NOT EXISTS (SELECT FROM stream.position other
                         WHERE other.group_name = $2 AND other.topic = $3 AND other.partition = $4 AND other.log_id <> $1)
         OR EXISTS (SELECT FROM stream.position own
                     WHERE own.group_name = $2 AND own.topic = $3 AND own.partition = $4 AND own.log_id = $1)
     ON CONFLICT (group_name, topic, partition, log_id)
     DO UPDATE SET owner_epoch = mine.owner_epoch + 1, owner = $5, saved_at = now()
     RETURNING next_offset, next_seq, owner_epoch`,
    [key.logId, key.group, key.topic, key.partition, owner, logStart],
  );
  if (row === undefined) {
    throw new StreamError(
      'log_changed',
      `group '${key.group}' has a position in partition ${key.partition} of '${key.topic}', but of another log than ${key.logId}. ` +
        'Connect the log it belongs to, or give the group a new name.',
    );
  }
  return { epoch: Number(row.owner_epoch), offset: Number(row.next_offset), seq: Number(row.next_seq) };
}

/**
 * The fence: every transaction of a partition begins with it. Moves the position from `expected` to `next` if the epoch is still the
 * owner's, and locks the row to the end of the transaction. Returns the next outbox sequence number; throws `fenced`.
 */
export async function passFence(
  sql: Sql,
  key: PositionKey,
  epoch: number,
  expected: number,
  next: number,
): Promise<number> {
  const [row] = await sql.query<{ next_seq: string }>(
    `UPDATE stream.position SET next_offset = $7, saved_at = now()
      WHERE log_id = $1 AND group_name = $2 AND topic = $3 AND partition = $4 AND owner_epoch = $5 AND next_offset = $6
     RETURNING next_seq`,
    [key.logId, key.group, key.topic, key.partition, epoch, expected, next],
  );
  if (row !== undefined) return Number(row.next_seq);
  throw new StreamError(
    'fenced',
    `partition ${key.partition} of '${key.topic}' has another owner in group '${key.group}' (epoch ${epoch} is over)`,
  );
}
