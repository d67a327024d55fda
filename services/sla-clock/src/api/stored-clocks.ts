import type { ClockView } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import type { TicketId } from '../storage/ticket-store.js';
import { wireClock } from './wire.js';

/** The clocks of a ticket as its last fold left them. */
export async function storedClocks(sql: Sql, { source, ticket }: TicketId) {
  const clocks = await sql.query<{ outcome: ClockView['outcome'] | 'unknown'; view: ClockView }>(
    'SELECT outcome, view FROM sla_clock.clock WHERE source = $1 AND ticket = $2 ORDER BY promise, cycle',
    [source, ticket],
  );
  return clocks.map(({ outcome, view }) => ({ ...wireClock(view), outcome }));
}
