import type { SlaEvent } from '@punctual/contracts';
import { escalationsSaid, type EscalationView } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import type { TicketRow } from '../fold/ticket-row.js';

/** The escalations of a ticket by what was published and stands: of one that cannot be folded. They are known as long as its SLA events are kept. */
export async function publishedEscalations(
  sql: Sql,
  { source, ticket, firstPublishedAt, lastPublishedAt }: TicketRow,
): Promise<EscalationView[]> {
  if (firstPublishedAt === null || lastPublishedAt === null) return [];
  const rows = await sql.query<{ value: SlaEvent }>(
    `SELECT value FROM sla_clock.sla_event
      WHERE source = $1 AND ticket = $2 AND at BETWEEN $3 AND $4 AND retracted_by IS NULL
        AND type IN ('sla.escalation.raised', 'sla.escalation.acknowledged', 'sla.escalation.resolved')`,
    [source, ticket, firstPublishedAt, lastPublishedAt],
  );
  return escalationsSaid(rows.map(({ value }) => value));
}
