import type { TicketStatus } from '@punctual/contracts';
import type { StatusMatcher } from './document/promise-schema.js';

/** Whether one of the matchers names this status, by category or by name. */
export function compileSolvedBy(matchers: readonly StatusMatcher[]): (status: TicketStatus) => boolean {
  return (status) => matchers.some((matcher) => matches(matcher, status));
}

/** Whether a status pauses; a wait for the requester no longer does once they have written. */
export function compilePausesIn(
  matchers: readonly StatusMatcher[],
): (status: TicketStatus, requesterWrote: boolean) => boolean {
  return (status, requesterWrote) =>
    matchers.some((matcher) => matches(matcher, status) && !(requesterWrote && awaitsRequester(matcher, status)));
}

function matches(matcher: StatusMatcher, status: TicketStatus): boolean {
  if ('category' in matcher) return matcher.category === status.category;
  return matcher.status.toLowerCase() === status.name.toLowerCase();
}

function awaitsRequester(matcher: StatusMatcher, status: TicketStatus): boolean {
  if ('status' in matcher && matcher.awaits !== null) return matcher.awaits === 'requester';
  return status.category === 'waiting_requester';
}
