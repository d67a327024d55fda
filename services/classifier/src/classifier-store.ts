import type { DecisionRecord, PriorityInput } from '@punctual/classification';
import type { CoverageDecision, PriorityDecision, ReceivedRecord, TicketEvent } from '@punctual/contracts';
import { jsonLines, type Sql } from '@punctual/stream';
import type { ClassifiedTicket } from './classified-ticket.js';
import { endOf, type TicketCourse } from './ticket-course.js';
import { eventKey, type TicketId } from './ticket-identity.js';

/** The classifier's statements: each one set-based round trip in the fenced transaction of a batch. */

interface TicketRecord extends TicketId {
  policy: string;
  policy_version: string;
  created_at: string;
  creation_claimed: boolean;
  revision: number;
  inputs: PriorityInput[];
  priority_history: PriorityDecision[];
  coverage_history: CoverageDecision[];
  course: TicketCourse;
  requesters: string[];
  removed_at: string | null;
  quarantined: string | null;
}

export async function loadTickets(sql: Sql, tickets: readonly TicketId[]): Promise<ClassifiedTicket[]> {
  if (tickets.length === 0) return [];
  const rows = await sql.query<TicketRecord>(
    `SELECT t.source, t.ticket, t.policy, t.policy_version, t.created_at, t.creation_claimed, t.revision, t.inputs,
            t.priority_history, t.coverage_history, t.course, t.requesters, t.removed_at, t.quarantined
       FROM unnest($1::text[], $2::text[]) AS wanted (source, ticket) JOIN classifier.ticket t USING (source, ticket)`,
    columns(tickets),
  );
  return rows.map((row) => ({
    source: row.source,
    ticket: row.ticket,
    policy: row.policy,
    policyVersion: row.policy_version,
    createdAt: Number(row.created_at),
    creationClaimed: row.creation_claimed,
    revision: row.revision,
    inputs: row.inputs,
    priorityHistory: row.priority_history,
    coverageHistory: row.coverage_history,
    course: row.course,
    requesters: row.requesters,
    removedAt: row.removed_at === null ? null : Number(row.removed_at),
    quarantined: row.quarantined,
  }));
}

/** The content hashes of those events that were seen before, by `eventKey`. */
export async function loadSeen(sql: Sql, events: readonly TicketEvent[]): Promise<Map<string, string>> {
  const rows = await sql.query<TicketId & { event_id: string; content_hash: string }>(
    `SELECT s.source, s.ticket, s.event_id, s.content_hash
       FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (source, ticket, event_id)
       JOIN classifier.seen_event s USING (source, ticket, event_id)`,
    [...columns(events), events.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [eventKey({ ...row, id: row.event_id }), row.content_hash]));
}

export async function saveSeen(
  sql: Sql,
  events: readonly { readonly event: TicketEvent; readonly hash: string }[],
): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `INSERT INTO classifier.seen_event (source, ticket, event_id, content_hash)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    [...columns(events.map(({ event }) => event)), events.map(({ event }) => event.id), events.map(({ hash }) => hash)],
  );
}

export async function saveTickets(sql: Sql, partition: number, tickets: readonly ClassifiedTicket[]): Promise<void> {
  if (tickets.length === 0) return;
  await sql.query(
    `INSERT INTO classifier.ticket (partition, source, ticket, policy, policy_version, created_at, creation_claimed, revision, inputs,
       priority_history, coverage_history, course, requesters, ended_at, removed_at, quarantined)
     SELECT $1, t.source, t.ticket, t.policy, t.policy_version, t.created_at, t.creation_claimed, t.revision, t.inputs::json,
            t.priority_history::json, t.coverage_history::json, t.course::json, t.requesters::json, t.ended_at, t.removed_at, t.quarantined
       FROM ROWS FROM (
              unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::integer[], $9::text[],
                     $10::bigint[], $11::bigint[]),
              string_to_table($12, E'\\n'), string_to_table($13, E'\\n'), string_to_table($14, E'\\n'), string_to_table($15, E'\\n'),
              string_to_table($16, E'\\n'))
            AS t (source, ticket, policy, policy_version, created_at, creation_claimed, revision, quarantined, ended_at, removed_at,
                  inputs, priority_history, coverage_history, course, requesters)
     ON CONFLICT (source, ticket) DO UPDATE SET
       policy_version = excluded.policy_version, created_at = excluded.created_at, creation_claimed = excluded.creation_claimed,
       revision = excluded.revision, inputs = excluded.inputs, priority_history = excluded.priority_history,
       coverage_history = excluded.coverage_history, course = excluded.course, requesters = excluded.requesters, ended_at = excluded.ended_at,
       removed_at = excluded.removed_at, quarantined = excluded.quarantined`,
    [
      partition,
      ...columns(tickets),
      tickets.map(({ policy }) => policy),
      tickets.map(({ policyVersion }) => policyVersion),
      tickets.map(({ createdAt }) => createdAt),
      tickets.map(({ creationClaimed }) => creationClaimed),
      tickets.map(({ revision }) => revision),
      tickets.map(({ quarantined }) => quarantined),
      tickets.map(({ course }) => endOf(course)),
      tickets.map(({ removedAt }) => removedAt),
      jsonLines(tickets.map(({ inputs }) => inputs)),
      jsonLines(tickets.map(({ priorityHistory }) => priorityHistory)),
      jsonLines(tickets.map(({ coverageHistory }) => coverageHistory)),
      jsonLines(tickets.map(({ course }) => course)),
      jsonLines(tickets.map(({ requesters }) => requesters)),
    ],
  );
}

/**
 * Stores decisions with their facts; evidence is (field, start, end), never text. A ticket is decided whole, and nearly all its decisions come out
 * as they were: these are not written again. `OFFSET 0` has each looked up by its key, however many rows the planner expects.
 */
export async function saveDecisions(
  sql: Sql,
  tickets: readonly (TicketId & { readonly decisions: readonly DecisionRecord[] })[],
): Promise<void> {
  const rows = tickets.flatMap((ticket) => ticket.decisions.map((record) => ({ ...ticket, record })));
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO classifier.decision AS d (source, ticket, event_id, at, outcome, decision)
     SELECT n.source, n.ticket, n.event_id, n.at, n.outcome, n.decision::json
       FROM ROWS FROM (unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]), string_to_table($6, E'\\n'))
            AS n (source, ticket, event_id, at, outcome, decision)
       LEFT JOIN LATERAL (
            SELECT d.at, d.outcome, d.decision::text AS decision FROM classifier.decision d
             WHERE d.source = n.source AND d.ticket = n.ticket AND d.event_id = n.event_id
            OFFSET 0) was ON true
      WHERE (was.at, was.outcome, was.decision) IS DISTINCT FROM (n.at, n.outcome, n.decision)
     ON CONFLICT (source, ticket, event_id) DO UPDATE SET at = excluded.at, outcome = excluded.outcome, decision = excluded.decision`,
    [
      ...columns(rows),
      rows.map(({ record }) => record.eventId),
      rows.map(({ record }) => record.at),
      rows.map(({ record }) => record.outcome),
      jsonLines(rows.map(({ record }) => record.decision)),
    ],
  );
}

/** A record of a quarantined ticket, kept in its place. */
export interface ParkedRecord {
  readonly offset: number;
  readonly value: ReceivedRecord;
  /** The trace it came with. */
  readonly traceparent: string | null;
}

export async function park(sql: Sql, records: readonly ParkedRecord[]): Promise<void> {
  if (records.length === 0) return;
  await sql.query(
    `INSERT INTO classifier.parked (source, ticket, log_offset, traceparent, record)
     SELECT p.source, p.ticket, p.log_offset, p.traceparent, p.record::json
       FROM ROWS FROM (unnest($1::text[], $2::text[], $3::bigint[], $4::text[]), string_to_table($5, E'\\n'))
            AS p (source, ticket, log_offset, traceparent, record)
     ON CONFLICT DO NOTHING`,
    [
      ...columns(records.map(({ value }) => value.event)),
      records.map(({ offset }) => offset),
      records.map(({ traceparent }) => traceparent),
      jsonLines(records.map(({ value }) => value)),
    ],
  );
}

/** Takes the parked records of some tickets out, in the order of the log. */
export async function unpark(sql: Sql, tickets: readonly TicketId[]): Promise<ParkedRecord[]> {
  if (tickets.length === 0) return [];
  const rows = await sql.query<{ log_offset: string; record: ReceivedRecord; traceparent: string | null }>(
    `DELETE FROM classifier.parked p USING unnest($1::text[], $2::text[]) AS q (source, ticket)
      WHERE p.source = q.source AND p.ticket = q.ticket RETURNING p.log_offset, p.record, p.traceparent`,
    columns(tickets),
  );
  return rows
    .map(({ log_offset, record, traceparent }) => ({ offset: Number(log_offset), value: record, traceparent }))
    .sort((a, b) => a.offset - b.offset);
}

function columns(tickets: readonly TicketId[]): [string[], string[]] {
  return [tickets.map(({ source }) => source), tickets.map(({ ticket }) => ticket)];
}
