import type { Instant, SlaEvent, TicketEvent, Watermark } from '@punctual/contracts';
import type { Published, TicketState } from '@punctual/sla-engine';
import { jsonLines, type Sql } from '@punctual/stream';
import type { StoredTime } from '../fold/partition-memory.js';
import { ticketKey, timerOf, type PlacedEvent, type TicketRow } from '../fold/ticket-row.js';
import { packState, type StateIdentity } from './packed-state.js';
import { StoredTicket, type TicketRecord } from './stored-ticket.js';
import { saveTimers } from './timer-store.js';

/**
 * The statements of the fold: each is one set-based round trip, however many tickets it touches. They run in the fenced transaction of
 * a batch. `pg` hands bigint over as text, and json parsed unless it is asked for as text.
 */

/** A ticket by source and id. */
export interface TicketId {
  readonly source: string;
  readonly ticket: string;
}

/** A ticket and where in time its rows of a monthly table lie, both ends included, epoch ms: no other month is looked into. */
export interface TicketSpan extends TicketId {
  readonly from: Instant;
  readonly until: Instant;
}

export async function loadTickets(sql: Sql, tickets: readonly TicketId[]): Promise<TicketRow[]> {
  if (tickets.length === 0) return [];
  const rows = await sql.query<TicketRecord>(
    `SELECT t.source, t.ticket, t.policy, t.policy_version, t.settle_ms, t.scheme, t.state::text, t.priority_history::text,
            t.coverage_history::text, t.revision, t.folded_up_to, t.dues_before, t.folded_offset, t.timer_at, t.quarantined, t.seal_at, t.sealed_at,
            t.first_event_at, t.last_event_at, t.first_published_at, t.last_published_at
       FROM unnest($1::text[], $2::text[]) AS wanted (source, ticket)
       JOIN sla_clock.ticket t USING (source, ticket)`,
    columns(tickets),
  );
  return rows.map((row) => new StoredTicket(row));
}

/** Appends events to their tickets' timelines; one that is there already is left as it is. */
export async function appendEvents(sql: Sql, partition: number, events: readonly PlacedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `INSERT INTO sla_clock.ticket_event (source, ticket, event_id, partition, log_offset, occurred_at, event)
     SELECT e.source, e.ticket, e.event_id, $1, e.log_offset, e.occurred_at, e.event::json
       FROM ROWS FROM (unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]), string_to_table($7, E'\\n'))
            AS e (source, ticket, event_id, log_offset, occurred_at, event)
     ON CONFLICT DO NOTHING`,
    [
      partition,
      events.map(({ event }) => event.source),
      events.map(({ event }) => event.ticket),
      events.map(({ event }) => event.id),
      events.map(({ offset }) => offset),
      events.map(({ event }) => event.occurredAt),
      jsonLines(events.map(({ event }) => event)),
    ],
  );
}

/** The timelines of tickets by the log up to `offset`, by ticket key. */
export async function loadTimelines(
  sql: Sql,
  tickets: readonly TicketSpan[],
  offset: number,
): Promise<Map<string, PlacedEvent[]>> {
  if (tickets.length === 0) return new Map();
  const rows = await sql.query<TicketId & { log_offset: string; event: TicketEvent }>(
    `SELECT e.source, e.ticket, e.log_offset, e.event
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS wanted (source, ticket, from_at, until_at)
      CROSS JOIN LATERAL (
            SELECT m.source, m.ticket, m.log_offset, m.event FROM sla_clock.ticket_event m
             WHERE m.source = wanted.source AND m.ticket = wanted.ticket
               AND m.occurred_at BETWEEN wanted.from_at AND wanted.until_at AND m.occurred_at BETWEEN $5 AND $6
            OFFSET 0) e
      WHERE e.log_offset <= $7`,
    [...spanColumns(tickets), offset],
  );
  return byTicket(rows, ({ event, log_offset }) => ({ event, offset: Number(log_offset) }));
}

/** What was published about tickets and still stands, oldest first, by ticket key. Retractions are not among it. */
export async function loadStanding(sql: Sql, tickets: readonly TicketSpan[]): Promise<Map<string, Published[]>> {
  if (tickets.length === 0) return new Map();
  const rows = await sql.query<TicketId & { content_key: string; value: SlaEvent }>(
    `SELECT e.source, e.ticket, e.content_key, e.value
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS wanted (source, ticket, from_at, until_at)
      CROSS JOIN LATERAL (
            SELECT m.source, m.ticket, m.content_key, m.value, m.seq FROM sla_clock.sla_event m
             WHERE m.source = wanted.source AND m.ticket = wanted.ticket
               AND m.at BETWEEN wanted.from_at AND wanted.until_at AND m.at BETWEEN $5 AND $6
               AND m.retracted_by IS NULL AND m.corrects IS NULL
            OFFSET 0) e
      ORDER BY e.seq`,
    spanColumns(tickets),
  );
  return byTicket(rows, ({ content_key, value }) => ({ key: content_key, event: value }));
}

/**
 * Writes tickets as they are now, and their timers. Decisions that the database has by their revision are not sent again, and stay as they
 * are.
 */
export async function saveTickets(sql: Sql, partition: number, rows: readonly TicketRow[]): Promise<void> {
  if (rows.length === 0) return;
  const saving = [writeTickets(sql, partition, rows), saveTimers(sql, partition, rows)];
  for (const row of rows) row.storedRevision = row.revision;
  await Promise.all(saving);
}

async function writeTickets(sql: Sql, partition: number, rows: readonly TicketRow[]): Promise<void> {
  const isStored = (row: TicketRow): boolean => row.storedRevision === row.revision;
  await sql.query(
    `INSERT INTO sla_clock.ticket AS was (partition, source, ticket, policy, policy_version, settle_ms, state, priority_history,
       coverage_history, revision, folded_up_to, dues_before, folded_offset, timer_at, created_at, priority, covered, is_open, quarantined,
       first_event_at, last_event_at, first_published_at, last_published_at, seal_at, scheme, ended_at)
     SELECT $1, t.source, t.ticket, t.policy, t.policy_version, t.settle_ms, nullif(t.state, '')::json,
            coalesce(nullif(t.priority_history, ''), '[]')::json, coalesce(nullif(t.coverage_history, ''), '[]')::json,
            t.revision, t.folded_up_to, t.dues_before, t.folded_offset, t.timer_at, t.created_at, t.priority, t.covered,
            t.is_open, t.quarantined, t.first_event_at, t.last_event_at, t.first_published_at, t.last_published_at, t.seal_at,
            t.scheme, t.ended_at
       FROM ROWS FROM (
              unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::bigint[], $9::bigint[],
                     $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::boolean[], $15::boolean[], $16::text[],
                     $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::text[], $23::bigint[]),
              string_to_table($24, E'\\n'), string_to_table($25, E'\\n'), string_to_table($26, E'\\n'))
            AS t (source, ticket, policy, policy_version, settle_ms, revision, folded_up_to, dues_before, folded_offset, timer_at,
                  created_at, priority, covered, is_open, quarantined, first_event_at, last_event_at, first_published_at,
                  last_published_at, seal_at, scheme, ended_at, state, priority_history, coverage_history)
     ON CONFLICT (source, ticket) DO UPDATE SET
       policy_version = excluded.policy_version, settle_ms = excluded.settle_ms, state = excluded.state,
       priority_history = CASE WHEN was.revision = excluded.revision THEN was.priority_history ELSE excluded.priority_history END,
       coverage_history = CASE WHEN was.revision = excluded.revision THEN was.coverage_history ELSE excluded.coverage_history END,
       revision = excluded.revision,
       folded_up_to = excluded.folded_up_to, dues_before = excluded.dues_before, folded_offset = excluded.folded_offset,
       timer_at = excluded.timer_at, created_at = excluded.created_at, priority = excluded.priority, covered = excluded.covered,
       is_open = excluded.is_open, quarantined = excluded.quarantined, first_event_at = excluded.first_event_at,
       last_event_at = excluded.last_event_at, first_published_at = excluded.first_published_at,
       last_published_at = excluded.last_published_at, seal_at = excluded.seal_at, scheme = excluded.scheme,
       ended_at = excluded.ended_at`,
    [
      partition,
      rows.map((row) => row.source),
      rows.map((row) => row.ticket),
      rows.map((row) => row.policy),
      rows.map((row) => row.policyVersion),
      rows.map((row) => row.settleMs),
      rows.map((row) => row.revision),
      rows.map((row) => row.foldedUpTo),
      rows.map((row) => row.duesBefore),
      rows.map((row) => row.foldedOffset),
      rows.map((row) => timerOf(row)?.wakeAt ?? null),
      rows.map((row) => row.state?.createdAt ?? null),
      rows.map((row) => row.state?.priority ?? null),
      rows.map((row) => row.state?.covered ?? null),
      rows.map((row) => isOpen(row.state)),
      rows.map((row) => row.quarantined),
      rows.map((row) => row.firstEventAt),
      rows.map((row) => row.lastEventAt),
      rows.map((row) => row.firstPublishedAt),
      rows.map((row) => row.lastPublishedAt),
      rows.map((row) => (row.quarantined === null ? row.sealAt : null)),
      rows.map((row) => row.scheme),
      rows.map((row) => (row.duesBefore === null || isOpen(row.state) ? null : row.lastEventAt)),
      jsonLines(rows.map((row) => (row.state === null ? null : packState(row.state, identityOf(row))))),
      jsonLines(rows.map((row) => (isStored(row) ? null : row.priorityHistory))),
      jsonLines(rows.map((row) => (isStored(row) ? null : row.coverageHistory))),
    ],
  );
}

/** A partition's time; null before its first watermark. */
export async function loadTime(
  sql: Sql,
  partition: number,
): Promise<(StoredTime & { pendingFrom: number | null }) | null> {
  const [row] = await sql.query<{
    watermark: Watermark | null;
    watermark_offset: string;
    pending_from: string | null;
    next_seq: string;
  }>('SELECT watermark, watermark_offset, pending_from, next_seq FROM sla_clock.partition_time WHERE partition = $1', [
    partition,
  ]);
  if (row === undefined) return null;
  return {
    watermark: row.watermark,
    watermarkOffset: Number(row.watermark_offset),
    pendingFrom: row.pending_from === null ? null : Number(row.pending_from),
    nextSeq: Number(row.next_seq),
  };
}

export async function saveTime(
  sql: Sql,
  partition: number,
  time: StoredTime & { readonly pendingFrom: number | null },
): Promise<void> {
  await sql.query(
    `INSERT INTO sla_clock.partition_time (partition, watermark, watermark_offset, pending_from, next_seq)
     VALUES ($1, $2::json, $3, $4, $5)
     ON CONFLICT (partition) DO UPDATE SET watermark = excluded.watermark, watermark_offset = excluded.watermark_offset,
       pending_from = excluded.pending_from, next_seq = excluded.next_seq`,
    [
      partition,
      time.watermark === null ? null : JSON.stringify(time.watermark),
      time.watermarkOffset,
      time.pendingFrom,
      time.nextSeq,
    ],
  );
}

export interface PendingRecord extends TicketId {
  readonly settleMs: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly fromOffset: number;
}

/** Tickets with events at or after `fromOffset` that their last fold did not take in. */
export async function loadPending(sql: Sql, partition: number, fromOffset: number): Promise<PendingRecord[]> {
  const rows = await sql.query<
    TicketId & { settle_ms: number; first_at: string; last_at: string; from_offset: string }
  >(
    `SELECT t.source, t.ticket, t.settle_ms, min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at,
            min(e.log_offset) AS from_offset
       FROM sla_clock.ticket_event e JOIN sla_clock.ticket t USING (source, ticket)
      WHERE e.partition = $1 AND e.log_offset >= $2 AND t.quarantined IS NULL
        AND (e.log_offset > t.folded_offset OR e.occurred_at > t.folded_up_to)
      GROUP BY t.source, t.ticket, t.settle_ms`,
    [partition, fromOffset],
  );
  return rows.map((row) => ({
    source: row.source,
    ticket: row.ticket,
    settleMs: row.settle_ms,
    firstAt: Number(row.first_at),
    lastAt: Number(row.last_at),
    fromOffset: Number(row.from_offset),
  }));
}

function identityOf(
  row: Omit<StateIdentity, 'policyVersion'> & { readonly policyVersion: string | null },
): StateIdentity {
  const { source, ticket, policy, policyVersion } = row;
  return { source, ticket, policy, policyVersion: policyVersion ?? '' };
}

function columns(tickets: readonly TicketId[]): [string[], string[]] {
  return [tickets.map(({ source }) => source), tickets.map(({ ticket }) => ticket)];
}

/** The spans as columns, and the span of all: with that the planner leaves out months before it looks at any ticket. */
function spanColumns(tickets: readonly TicketSpan[]): [string[], string[], Instant[], Instant[], Instant, Instant] {
  let [from, until] = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  for (const span of tickets) {
    from = Math.min(from, span.from);
    until = Math.max(until, span.until);
  }
  return [...columns(tickets), tickets.map((span) => span.from), tickets.map((span) => span.until), from, until];
}

function byTicket<Row extends TicketId, Item>(rows: readonly Row[], read: (row: Row) => Item): Map<string, Item[]> {
  const grouped = new Map<string, Item[]>();
  for (const row of rows) {
    const key = ticketKey(row.source, row.ticket);
    const items = grouped.get(key);
    if (items) items.push(read(row));
    else grouped.set(key, [read(row)]);
  }
  return grouped;
}

/** Whether somebody still has to do something about the ticket: what a queue lists. */
function isOpen(state: TicketState | null): boolean {
  return state !== null && state.solved === null && state.gone === null;
}
