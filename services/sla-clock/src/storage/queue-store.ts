import type { Sql } from '@punctual/stream';
import type { QueuePlace } from '../fold/queue-place.js';
import type { TicketId } from './ticket-store.js';

interface TicketInQueue extends TicketId {
  readonly policy: string;
}

/** A ticket of a policy with its place; null: it waits no more. */
export interface PlacedTicket extends TicketInQueue {
  readonly place: QueuePlace | null;
}

export async function saveQueue(sql: Sql, tickets: readonly PlacedTicket[]): Promise<void> {
  const waiting = tickets.flatMap(({ place, ...ticket }) => (place === null ? [] : [{ ...ticket, ...place }]));
  const gone = tickets.filter(({ place }) => place === null);
  await Promise.all([placeWaiting(sql, waiting), removeGone(sql, gone)]);
}

async function placeWaiting(sql: Sql, waiting: readonly (TicketInQueue & QueuePlace)[]): Promise<void> {
  if (waiting.length === 0) return;
  await sql.query(
    `INSERT INTO sla_clock.queue AS q (source, ticket, policy, place_order, place)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (source, ticket) DO UPDATE
       SET place_order = excluded.place_order, place = excluded.place
     WHERE (q.place_order, q.place) IS DISTINCT FROM (excluded.place_order, excluded.place)`,
    placeColumns(waiting),
  );
}

async function removeGone(sql: Sql, gone: readonly TicketId[]): Promise<void> {
  if (gone.length === 0) return;
  await sql.query(
    `DELETE FROM sla_clock.queue q USING unnest($1::text[], $2::text[]) AS t (source, ticket)
      WHERE q.source = t.source AND q.ticket = t.ticket`,
    [gone.map(({ source }) => source), gone.map(({ ticket }) => ticket)],
  );
}

/** A ticket in the queue. */
export interface QueuedTicket extends TicketId {
  readonly place: string;
}

/** The first tickets of a policy's queue that have places under an order, in it. */
export async function loadQueue(sql: Sql, policy: string, order: string, most: number): Promise<QueuedTicket[]> {
  return sql.query<QueuedTicket & object>(
    `SELECT source, ticket, place FROM sla_clock.queue
      WHERE policy = $1 AND place_order = $2 ORDER BY place LIMIT $3`,
    [policy, order, most],
  );
}

/** Tickets of a policy's queue whose places were made under another order: at most so many. */
export async function loadMisplaced(sql: Sql, policy: string, order: string, most: number): Promise<TicketId[]> {
  return sql.query<TicketId & object>(
    `(SELECT source, ticket FROM sla_clock.queue WHERE policy = $1 AND place_order < $2 LIMIT $3)
     UNION ALL
     (SELECT source, ticket FROM sla_clock.queue WHERE policy = $1 AND place_order > $2 LIMIT $3)
     LIMIT $3`,
    [policy, order, most],
  );
}

/** Gives tickets places under an order, where they have none under it yet: a fold since then knew better. */
export async function replace(
  sql: Sql,
  tickets: readonly (TicketId & { readonly place: QueuePlace })[],
): Promise<void> {
  if (tickets.length === 0) return;
  await sql.query(
    `UPDATE sla_clock.queue q SET place_order = n.place_order, place = n.place
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (source, ticket, place_order, place)
      WHERE q.source = n.source AND q.ticket = n.ticket AND q.place_order <> n.place_order`,
    [
      tickets.map(({ source }) => source),
      tickets.map(({ ticket }) => ticket),
      tickets.map(({ place }) => place.order),
      tickets.map(({ place }) => place.place),
    ],
  );
}

/** How many tickets of a policy wait, counted up to `most`. */
export async function countQueue(sql: Sql, policy: string, most: number): Promise<number> {
  const [row] = await sql.query<{ waiting: string }>(
    'SELECT count(*) AS waiting FROM (SELECT FROM sla_clock.queue WHERE policy = $1 LIMIT $2) AS q',
    [policy, most],
  );
  return Number(row?.waiting ?? 0);
}

function placeColumns(tickets: readonly (TicketInQueue & QueuePlace)[]): unknown[][] {
  return [
    tickets.map(({ source }) => source),
    tickets.map(({ ticket }) => ticket),
    tickets.map(({ policy }) => policy),
    tickets.map(({ order }) => order),
    tickets.map(({ place }) => place),
  ];
}
