import type { NamedTicket } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import type { TicketId } from './ticket-store.js';

/** A ticket with all the tickets that it names as related, or was transferred to. */
export interface NamingTicket extends TicketId {
  readonly related: readonly NamedTicket[];
}

/** Writes what tickets name: it takes the place of what they named before. */
export async function saveLinks(sql: Sql, tickets: readonly NamingTicket[]): Promise<void> {
  if (tickets.length === 0) return;
  const links = tickets.flatMap(({ source, ticket, related }) => related.map((named) => ({ source, ticket, named })));
  await Promise.all([removeOthers(sql, tickets, links), writeLinks(sql, links)]);
}

/** A ticket with one that it names. */
interface Link extends TicketId {
  readonly named: NamedTicket;
}

async function removeOthers(sql: Sql, tickets: readonly TicketId[], links: readonly Link[]): Promise<void> {
  await sql.query(
    `DELETE FROM sla_clock.ticket_link l USING unnest($1::text[], $2::text[]) AS t (source, ticket)
      WHERE l.source = t.source AND l.ticket = t.ticket
        AND (l.source, l.ticket, l.related) NOT IN (SELECT * FROM unnest($3::text[], $4::text[], $5::text[]))`,
    [
      tickets.map(({ source }) => source),
      tickets.map(({ ticket }) => ticket),
      links.map(({ source }) => source),
      links.map(({ ticket }) => ticket),
      links.map(({ named }) => named.ticket),
    ],
  );
}

async function writeLinks(sql: Sql, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  await sql.query(
    `INSERT INTO sla_clock.ticket_link (source, ticket, related, event_id, linked_at, kind)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
     ON CONFLICT (source, ticket, related)
     DO UPDATE SET event_id = excluded.event_id, linked_at = excluded.linked_at, kind = excluded.kind`,
    [
      links.map(({ source }) => source),
      links.map(({ ticket }) => ticket),
      links.map(({ named }) => named.ticket),
      links.map(({ named }) => named.eventId),
      links.map(({ named }) => named.at),
      links.map(({ named }) => named.kind ?? 'related'),
    ],
  );
}

interface LinkRecord {
  readonly ticket: string;
  readonly event_id: string;
  readonly linked_at: string;
  readonly kind: 'related' | 'transferred';
}

/** What a ticket names. */
export async function loadNamed(sql: Sql, { source, ticket }: TicketId): Promise<NamedTicket[]> {
  const rows = await sql.query<LinkRecord & object>(
    'SELECT related AS ticket, event_id, linked_at, kind FROM sla_clock.ticket_link WHERE source = $1 AND ticket = $2',
    [source, ticket],
  );
  return rows.map(read);
}

/** The tickets that name it: at most so many, the latest. */
export async function loadNaming(sql: Sql, { source, ticket }: TicketId, most: number): Promise<NamedTicket[]> {
  const rows = await sql.query<LinkRecord & object>(
    `SELECT ticket, event_id, linked_at, kind FROM sla_clock.ticket_link WHERE source = $1 AND related = $2
      ORDER BY linked_at DESC, ticket LIMIT $3`,
    [source, ticket, most],
  );
  return rows.map(read);
}

function read({ ticket, event_id, linked_at, kind }: LinkRecord): NamedTicket {
  return { ticket, eventId: event_id, at: Number(linked_at), ...(kind === 'related' ? {} : { kind }) };
}
