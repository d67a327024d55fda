import {
  withoutPeople,
  type ForgetRecord,
  type KnownWords,
  type SlaEvent,
  type TicketEvent,
} from '@punctual/contracts';
import { clockWithoutPeople, saidWithoutPeople, type ClockView } from '@punctual/sla-engine';
import { jsonLines, type Sql } from '@punctual/stream';
import type { TicketId } from './ticket-store.js';

/** How much of a ticket was rewritten. */
export interface Erased {
  readonly events: number;
  readonly clocks: number;
  readonly slaEvents: number;
}

/** Rewrites a ticket's timeline before `offset`, the views of its clocks and what was published about it, so that they name nobody. */
export async function forgetStored(sql: Sql, id: TicketId, offset: number, known: KnownWords): Promise<Erased> {
  return {
    events: await forgetTimeline(sql, id, offset, known),
    clocks: await forgetWaivers(sql, id),
    slaEvents: await forgetSaid(sql, id),
  };
}

async function forgetTimeline(
  sql: Sql,
  { source, ticket }: TicketId,
  offset: number,
  known: KnownWords,
): Promise<number> {
  const rows = await sql.query<{ event_id: string; occurred_at: string; event: TicketEvent }>(
    `SELECT event_id, occurred_at, event FROM sla_clock.ticket_event
      WHERE source = $1 AND ticket = $2 AND log_offset < $3`,
    [source, ticket, offset],
  );
  if (rows.length === 0) return 0;
  await sql.query(
    `UPDATE sla_clock.ticket_event e SET event = n.event::json
       FROM ROWS FROM (unnest($3::text[], $4::bigint[]), string_to_table($5, E'\\n')) AS n (event_id, occurred_at, event)
      WHERE e.source = $1 AND e.ticket = $2 AND e.event_id = n.event_id AND e.occurred_at = n.occurred_at`,
    [
      source,
      ticket,
      rows.map(({ event_id }) => event_id),
      rows.map(({ occurred_at }) => occurred_at),
      jsonLines(rows.map(({ event }) => withoutPeople(event, known))),
    ],
  );
  return rows.length;
}

/** Clocks name who waived them. */
async function forgetWaivers(sql: Sql, { source, ticket }: TicketId): Promise<number> {
  const rows = await sql.query<{ promise: string; cycle: number; view: ClockView }>(
    'SELECT promise, cycle, view FROM sla_clock.clock WHERE source = $1 AND ticket = $2',
    [source, ticket],
  );
  const waived = rows.filter(({ view }) => view.waiver !== null);
  if (waived.length === 0) return 0;
  await sql.query(
    `UPDATE sla_clock.clock c SET view = n.view::json
       FROM ROWS FROM (unnest($3::text[], $4::integer[]), string_to_table($5, E'\\n')) AS n (promise, cycle, view)
      WHERE c.source = $1 AND c.ticket = $2 AND c.promise = n.promise AND c.cycle = n.cycle`,
    [
      source,
      ticket,
      waived.map(({ promise }) => promise),
      waived.map(({ cycle }) => cycle),
      jsonLines(waived.map(({ view }) => ({ ...view, ...clockWithoutPeople(view) }))),
    ],
  );
  return waived.length;
}

/** Of what is published, only waivers and answers to escalations name somebody. They are looked for where the ticket's publications lie. */
async function forgetSaid(sql: Sql, { source, ticket }: TicketId): Promise<number> {
  const rows = await sql.query<{ event_id: string; at: string; value: SlaEvent }>(
    `SELECT e.event_id, e.at, e.value
       FROM sla_clock.ticket t JOIN sla_clock.sla_event e USING (source, ticket)
      WHERE source = $1 AND ticket = $2 AND e.at BETWEEN t.first_published_at AND t.last_published_at
        AND e.type IN ('sla.breach.waived', 'sla.escalation.acknowledged', 'sla.escalation.resolved')`,
    [source, ticket],
  );
  if (rows.length === 0) return 0;
  await sql.query(
    `UPDATE sla_clock.sla_event e SET value = n.value::json
       FROM ROWS FROM (unnest($1::text[], $2::bigint[]), string_to_table($3, E'\\n')) AS n (event_id, at, value)
      WHERE e.event_id = n.event_id AND e.at = n.at`,
    [
      rows.map(({ event_id }) => event_id),
      rows.map(({ at }) => at),
      jsonLines(rows.map(({ value }) => saidWithoutPeople(value))),
    ],
  );
  return rows.length;
}

/** Notes what was erased. A request that comes again finds its note. */
export async function noteForgotten(
  sql: Sql,
  { requestId, source, ticket, at }: ForgetRecord,
  { events, clocks, slaEvents }: Erased,
): Promise<void> {
  await sql.query(
    `INSERT INTO sla_clock.forgotten (request_id, source, ticket, requested_at, events, clocks, sla_events)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [requestId, source, ticket, at, events, clocks, slaEvents],
  );
}
