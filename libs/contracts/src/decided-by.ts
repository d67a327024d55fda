import type { PriorityDecision } from './classified-event.js';
import type { Actor, TicketEvent } from './ticket-event.js';

/** Who changed a priority and why: a person by role, and id where the event names it, or nobody where a rule or the default did. */
export interface DecidedBy {
  readonly who: Actor | null;
  /** What the person gave as the reason, else what the decision says: the rule with its evidence. */
  readonly why: string;
}

/**
 * Reads who and why of a decision from the event that caused it. Decisions themselves name no person and quote nobody, so that erasing
 * people from the events erases them here. `cause` is undefined where that event is not kept.
 */
export function decidedBy({ by, reason }: PriorityDecision, cause: TicketEvent | undefined): DecidedBy {
  if (by === 'rule' || by === 'default') return { who: null, why: reason };
  const who = cause?.data.actor ?? { role: by };
  const given = cause?.type === 'ticket.priority.changed' ? cause.data.reason : undefined;
  return { who, why: given ?? reason };
}
