import type { Sql } from '@punctual/stream';
import type { TicketId } from './ticket-store.js';

/** Notes that a record about a ticket was given up. */
export async function openLetter(
  sql: Sql,
  partition: number,
  { source, ticket }: TicketId,
  letter: string,
): Promise<void> {
  await sql.query(
    'INSERT INTO sla_clock.incomplete (partition, source, ticket, letter) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [partition, source, ticket, letter],
  );
}

/** Notes that somebody has dealt with it. */
export async function closeLetter(sql: Sql, { source, ticket }: TicketId, letter: string): Promise<void> {
  await sql.query('DELETE FROM sla_clock.incomplete WHERE source = $1 AND ticket = $2 AND letter = $3', [
    source,
    ticket,
    letter,
  ]);
}

/** What is missing about the tickets of a partition. */
export async function loadIncomplete(sql: Sql, partition: number): Promise<(TicketId & { letter: string })[]> {
  return sql.query('SELECT source, ticket, letter FROM sla_clock.incomplete WHERE partition = $1', [partition]);
}

/** What is missing about one ticket, for readers. */
export async function lettersOf(sql: Sql, { source, ticket }: TicketId): Promise<string[]> {
  const rows = await sql.query<{ letter: string }>(
    'SELECT letter FROM sla_clock.incomplete WHERE source = $1 AND ticket = $2 ORDER BY letter',
    [source, ticket],
  );
  return rows.map(({ letter }) => letter);
}
