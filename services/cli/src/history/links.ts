import type { Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { linkedBy, linksOf, type TicketLink, type TicketState } from '@punctual/sla-engine';
import { foldTicketEvents } from './fold-history.js';
import type { History, TicketEvents } from './read-history.js';

/** The links of a ticket of a history at an instant (epoch ms), from whichever side they were made, the oldest first. */
export function linksIn(
  { tickets }: Pick<History, 'tickets'>,
  { source, ticket }: TicketEvents,
  state: TicketState,
  policy: CompiledPolicy,
  at: Instant,
): readonly TicketLink[] {
  const naming = tickets
    .filter((other) => other.source === source && other.ticket !== ticket && mayName(other, ticket))
    .flatMap((other) => {
      const linked = linkedBy(foldTicketEvents(other, policy, at).state);
      return linked.flatMap((named) => (named.ticket === ticket ? [{ ...named, ticket: other.ticket }] : []));
    });
  return linksOf(linkedBy(state), naming);
}

function mayName({ events }: TicketEvents, ticket: string): boolean {
  return events.some(
    ({ data }) =>
      ('related' in data && data.related?.includes(ticket) === true) || ('into' in data && data.into === ticket),
  );
}
