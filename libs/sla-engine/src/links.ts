import type { Instant, TicketEvent } from '@punctual/contracts';
import type { TicketState } from './ticket-state.js';

/** A ticket that another one names as related or was transferred to, since when, and the event that says so. */
export interface NamedTicket {
  readonly ticket: string;
  readonly at: Instant;
  readonly eventId: string;
  /** Absent: it is named as related. */
  readonly kind?: 'transferred';
}

/** A link as either of its two tickets sees it. */
export interface TicketLink {
  /** The other ticket, of the same source. */
  readonly ticket: string;
  /** Which of the two names the other. */
  readonly namedBy: 'this' | 'other';
  readonly at: Instant;
  readonly eventId: string;
  /** Absent: the one names the other as related. */
  readonly kind?: 'transferred';
}

/**
 * The tickets that one names after an event: a list replaces the one before it, and what was named already keeps its instant. No clock of
 * either ticket depends on it (SLA-SEMANTICS §10), so that an outage which may have to do with an old ticket is a ticket of its own.
 */
export function namedAfter(
  named: readonly NamedTicket[],
  { id, ticket, data }: Extract<TicketEvent, { type: 'ticket.created' | 'ticket.fields.changed' }>,
  at: Instant,
): readonly NamedTicket[] {
  if (data.related === undefined) return named;
  const others = [...new Set(data.related)].filter((other) => other !== ticket);
  return others.map((other) => named.find((known) => known.ticket === other) ?? { ticket: other, at, eventId: id });
}

/** The tickets that a ticket is linked with by its own events, as it stands: a transfer is a merge with a link (SLA-SEMANTICS §10). */
export function linkedBy({
  related = [],
  transferred,
}: Pick<TicketState, 'related' | 'transferred'>): readonly NamedTicket[] {
  if (transferred === undefined) return related;
  return [...related.filter(({ ticket }) => ticket !== transferred.ticket), transferred];
}

/** The links of a ticket by what it names and by which others name it, the oldest first. */
export function linksOf(names: readonly NamedTicket[], namedBy: readonly NamedTicket[]): readonly TicketLink[] {
  return [
    ...names.map((named): TicketLink => ({ ...named, namedBy: 'this' })),
    ...namedBy.map((naming): TicketLink => ({ ...naming, namedBy: 'other' })),
  ].sort((a, b) => a.at - b.at || (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : 0));
}

/** A link in one line for people. */
export function sayLink({ ticket, namedBy, kind }: Pick<TicketLink, 'ticket' | 'namedBy' | 'kind'>): string {
  if (kind === 'transferred') {
    return namedBy === 'this'
      ? `This ticket was transferred to ${ticket}, where it is handled now; its clocks here ended with that`
      : `${ticket} was transferred to this ticket; the clocks of this one run on by themselves`;
  }
  const which =
    namedBy === 'this' ? `This ticket names ${ticket} as related` : `${ticket} names this ticket as related`;
  return `${which}; the clocks of both run on by themselves`;
}
