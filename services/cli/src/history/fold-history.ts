import { decidePriorities, toPriorityInput, withAskedInText } from '@punctual/classification';
import type { Instant, PriorityDecision } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { foldTicket, type FoldedFromStart } from '@punctual/sla-engine';
import type { TicketEvents } from './read-history.js';

/** A ticket judged under one policy, with the decisions it was judged by. */
export interface JudgedHistory {
  readonly folded: FoldedFromStart;
  readonly decisions: readonly PriorityDecision[];
}

/**
 * Judges one ticket's history as the services would: priorities by the classifier's rules, clocks by the engine, at a declared time
 * (everything dated up to and including `until` is known, epoch ms).
 */
export function foldTicketEvents(ticket: TicketEvents, policy: CompiledPolicy, until: Instant): FoldedFromStart {
  return judgeTicketEvents(ticket, until)(policy).folded;
}

/** The same for several policies: the text is read once. */
export function judgeTicketEvents(ticket: TicketEvents, until: Instant): (policy: CompiledPolicy) => JudgedHistory {
  const known = ticket.events.filter(({ occurredAt }) => occurredAt <= until);
  const events = known.map(withAskedInText);
  const inputs = known.map(toPriorityInput).filter((input) => input !== null);
  return (policy) => {
    const { priorityHistory, coverageHistory } = decidePriorities(inputs, policy);
    const history = { events, priorityHistory, coverageHistory };
    const id = { source: ticket.source, ticket: ticket.ticket };
    const folded = foldTicket(id, history, policy, { eventsUpTo: until, duesBefore: until });
    return { folded, decisions: priorityHistory };
  };
}
