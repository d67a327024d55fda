import type { Sql } from '@punctual/stream';
import type { TicketWalk } from '../fold/ticket-walk.js';
import type { TicketId } from './ticket-store.js';

/** A ticket on the way of a walk. */
export interface WalkedTicket extends TicketId {
  readonly settleMs: number;
  readonly createdAt: number | null;
  readonly lastEventAt: number;
  readonly sealAt: number | null;
}

/** Notes a walk; false where it is known already: what it is about may be announced more than once. */
export async function addWalk(sql: Sql, partition: number, walk: TicketWalk): Promise<boolean> {
  const added = await sql.query(
    `INSERT INTO sla_clock.policy_walk
       (partition, policy, subject, effective_at, mode, affects_from, phase, after_at, after_source, after_ticket, done)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING policy`,
    [
      ...[partition, walk.policy, walk.subject, walk.effectiveAt, walk.mode, walk.affectsFrom],
      ...[walk.phase, walk.after.at, walk.after.source, walk.after.ticket, walk.done],
    ],
  );
  return added.length > 0;
}

/** The walks of a partition that are not finished, in the order of their instants. */
export async function loadWalks(sql: Sql, partition: number): Promise<TicketWalk[]> {
  const rows = await sql.query<{
    policy: string;
    subject: string;
    effective_at: string;
    mode: string;
    affects_from: string;
    phase: TicketWalk['phase'];
    after_at: string;
    after_source: string;
    after_ticket: string;
    done: string;
    total: string | null;
    began_at: string | null;
  }>(
    `SELECT policy, subject, effective_at, mode, affects_from, phase, after_at, after_source, after_ticket, done, total, began_at
       FROM sla_clock.policy_walk WHERE partition = $1 AND finished_at IS NULL ORDER BY effective_at, policy, subject`,
    [partition],
  );
  return rows.map((row) => ({
    policy: row.policy,
    subject: row.subject,
    effectiveAt: Number(row.effective_at),
    mode: row.mode,
    affectsFrom: Number(row.affects_from),
    phase: row.phase,
    after: { at: Number(row.after_at), source: row.after_source, ticket: row.after_ticket },
    done: Number(row.done),
    total: row.total === null ? null : Number(row.total),
    beganAt: row.began_at === null ? null : Number(row.began_at),
    finishedAt: null,
  }));
}

/** How far a walk has come. */
export async function saveWalk(sql: Sql, partition: number, walk: TicketWalk): Promise<void> {
  await sql.query(
    `UPDATE sla_clock.policy_walk
        SET phase = $5, after_at = $6, after_source = $7, after_ticket = $8, done = $9, total = $10, began_at = $11, finished_at = $12
      WHERE partition = $1 AND policy = $2 AND subject = $3 AND effective_at = $4`,
    [
      ...[partition, walk.policy, walk.subject, walk.effectiveAt, walk.phase],
      ...[walk.after.at, walk.after.source, walk.after.ticket],
      ...[walk.done, walk.total, walk.beganAt, walk.finishedAt],
    ],
  );
}

/** How many tickets there are on the way; by the indexes it goes along. */
export async function countWalk(sql: Sql, partition: number, walk: TicketWalk): Promise<number> {
  const [row] = await sql.query<{ tickets: string }>(
    `SELECT (SELECT count(*) FROM sla_clock.ticket WHERE policy = $2 AND partition = $1 AND is_open)
          + (SELECT count(*) FROM sla_clock.ticket
              WHERE policy = $2 AND partition = $1 AND sealed_at IS NULL AND ended_at >= $3) AS tickets`,
    [partition, walk.policy, walk.affectsFrom],
  );
  return Number(row?.tickets ?? 0);
}

/** The next tickets on the way, at most `most`. */
export async function loadWalked(
  sql: Sql,
  partition: number,
  { policy, phase, after, affectsFrom }: TicketWalk,
  most: number,
): Promise<WalkedTicket[]> {
  const rows = await sql.query<
    TicketId & { settle_ms: number; created_at: string | null; last_event_at: string | null; seal_at: string | null }
  >(
    phase === 'open' ? NEXT_OPEN : NEXT_ENDED,
    phase === 'open'
      ? [policy, partition, after.source, after.ticket, most]
      : [policy, partition, after.source, after.ticket, most, after.at, affectsFrom],
  );
  return rows.map(({ source, ticket, settle_ms, created_at, last_event_at, seal_at }) => ({
    ...{ source, ticket },
    settleMs: settle_ms,
    createdAt: created_at === null ? null : Number(created_at),
    lastEventAt: Number(last_event_at ?? 0),
    sealAt: seal_at === null ? null : Number(seal_at),
  }));
}

const NEXT_OPEN = `
  SELECT source, ticket, settle_ms, created_at, last_event_at, seal_at FROM sla_clock.ticket
   WHERE policy = $1 AND partition = $2 AND is_open AND (source, ticket) > ($3, $4)
   ORDER BY source, ticket LIMIT $5`;

/** Tickets that were never folded have not ended: they wait for their first fold. */
const NEXT_ENDED = `
  SELECT source, ticket, settle_ms, created_at, ended_at AS last_event_at, seal_at FROM sla_clock.ticket
   WHERE policy = $1 AND partition = $2 AND sealed_at IS NULL
     AND ended_at >= $7 AND (ended_at, source, ticket) > ($6, $3, $4)
   ORDER BY ended_at, source, ticket LIMIT $5`;
