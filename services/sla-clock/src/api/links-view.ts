import { formatInstant } from '@punctual/contracts';
import { linkedBy, linksOf, sayLink, type TicketState } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import { loadNamed, loadNaming } from '../storage/link-store.js';
import type { TicketId } from '../storage/ticket-store.js';

/** An old ticket that very many name is shown with the latest of them. */
const MOST_SHOWN = 100;

/**
 * The links of a ticket, from whichever side they were made, the oldest first. What it names itself is told by its state; where that is not
 * at hand (null: it is sealed or cannot be folded), by what was stored.
 */
export async function readLinks(sql: Sql, id: TicketId, state: TicketState | null) {
  const named = state === null ? await loadNamed(sql, id) : linkedBy(state);
  const links = linksOf(named, await loadNaming(sql, id, MOST_SHOWN));
  return links.map(({ ticket, namedBy, at, eventId, kind }) => ({
    ticket,
    namedBy,
    ...(kind === undefined ? {} : { kind }),
    at: formatInstant(at),
    eventId,
    text: sayLink({ ticket, namedBy, ...(kind === undefined ? {} : { kind }) }),
  }));
}
