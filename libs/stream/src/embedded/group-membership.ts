import type { Sql } from '../event-log.js';

/**
 * A member of a group on an embedded store: it says regularly that it lives, and learns who else does. The database's clock decides, so
 * members need not agree on the time. Members may disagree for a moment about who owns what; the fence makes that harmless.
 */
export class GroupMembership {
  readonly #sql: Sql;
  readonly #group: string;
  readonly #ttlMs: number;

  constructor(
    sql: Sql,
    group: string,
    readonly memberId: string,
    ttlMs: number,
  ) {
    this.#sql = sql;
    this.#group = group;
    this.#ttlMs = ttlMs;
  }

  /** Says that this member lives, forgets the dead, and returns the living, sorted. */
  async beat(): Promise<readonly string[]> {
    await this.#sql.query(
      `INSERT INTO stream.member (group_name, member_id, seen_at) VALUES ($1, $2, clock_timestamp())
       ON CONFLICT (group_name, member_id) DO UPDATE SET seen_at = clock_timestamp()`,
      [this.#group, this.memberId],
    );
    await this.#sql.query(
      `DELETE FROM stream.member WHERE group_name = $1 AND seen_at < clock_timestamp() - $2 * interval '1 millisecond' * 10`,
      [this.#group, this.#ttlMs],
    );
    const rows = await this.#sql.query<{ member_id: string }>(
      `SELECT member_id FROM stream.member
        WHERE group_name = $1 AND seen_at > clock_timestamp() - $2 * interval '1 millisecond'`,
      [this.#group, this.#ttlMs],
    );
    return rows.map((row) => row.member_id).sort();
  }

  async leave(): Promise<void> {
    await this.#sql.query('DELETE FROM stream.member WHERE group_name = $1 AND member_id = $2', [
      this.#group,
      this.memberId,
    ]);
  }
}

/** Whether a partition belongs to `memberId`: partitions go round robin over the members in order, the same ones of all topics together. */
export function ownsPartition(members: readonly string[], memberId: string, partition: number): boolean {
  return members.length > 0 && members[partition % members.length] === memberId;
}
