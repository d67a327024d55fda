import type { Instant, TicketEvent } from '@punctual/contracts';

/** A ticket that another one names as related, since when, and the event that says so. */
export interface NamedTicket {
  readonly ticket: string;
  readonly at: Instant;
  readonly eventId: string;
}

/** A link as either of its two tickets sees it. */
export interface TicketLink {
  /** The other ticket, of the same source. */
  readonly ticket: string;
  /** Which of the two names the other. */
  readonly namedBy: 'this' | 'other';
  readonly at: Instant;
  readonly eventId: string;
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

/** The links of a ticket by what it names and by which others name it, the oldest first. */
export function linksOf(names: readonly NamedTicket[], namedBy: readonly NamedTicket[]): readonly TicketLink[] {
  return [
    ...names.map((named): TicketLink => ({ ...named, namedBy: 'this' })),
    ...namedBy.map((naming): TicketLink => ({ ...naming, namedBy: 'other' })),
  ].sort((a, b) => a.at - b.at || (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : 0));
}

/** A link in one line for people. */
export function sayLink({ ticket, namedBy }: Pick<TicketLink, 'ticket' | 'namedBy'>): string {
  const which =
    namedBy === 'this' ? `This ticket names ${ticket} as related` : `${ticket} names this ticket as related`;
  return `${which}; the clocks of both run on by themselves`;
}
