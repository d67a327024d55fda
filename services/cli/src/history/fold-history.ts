import { decidePriorities, toPriorityInput } from '@punctual/classification';
import type { Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { foldTicket, type FoldedFromStart } from '@punctual/sla-engine';
import type { TicketEvents } from './read-history.js';

/**
 * Judges one ticket's history as the services would: priorities by the classifier's rules, clocks by the engine, at a declared time
 * (everything dated up to and including `until` is known, epoch ms).
 */
export function foldTicketEvents(ticket: TicketEvents, policy: CompiledPolicy, until: Instant): FoldedFromStart {
  const known = ticket.events.filter(({ occurredAt }) => occurredAt <= until);
  const inputs = known.map(toPriorityInput).filter((input) => input !== null);
  const { priorityHistory, coverageHistory } = decidePriorities(inputs, policy);
  const history = { events: known, priorityHistory, coverageHistory };
  return foldTicket({ source: ticket.source, ticket: ticket.ticket }, history, policy, {
    eventsUpTo: until,
    duesBefore: until,
  });
}
