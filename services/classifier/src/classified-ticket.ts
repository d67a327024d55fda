import { decidePriorities, toPriorityInput, type DecisionRecord, type PriorityInput } from '@punctual/classification';
import type { CoverageDecision, Instant, PriorityDecision, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';

/** A ticket as the classifier stores it: what its events say about priority, and the decisions that follow. */
export interface ClassifiedTicket {
  readonly source: string;
  readonly ticket: string;
  /** Fixed by the ticket's first record. */
  readonly policy: string;
  readonly policyVersion: string;
  /** As far as known: the earliest claim, or the first record's event where none claims. Epoch ms. */
  readonly createdAt: Instant;
  readonly creationClaimed: boolean;
  readonly revision: number;
  readonly inputs: readonly PriorityInput[];
  readonly priorityHistory: readonly PriorityDecision[];
  readonly coverageHistory: readonly CoverageDecision[];
  /** Why its events cannot be classified; null while they can. */
  readonly quarantined: string | null;
}

/** When a ticket was created once `event` is known, too. */
export function creationAfter(
  ticket: Pick<ClassifiedTicket, 'createdAt' | 'creationClaimed'> | null,
  event: TicketEvent,
): Pick<ClassifiedTicket, 'createdAt' | 'creationClaimed'> {
  const claims = [event.data.ticket?.createdAt, event.type === 'ticket.created' ? event.occurredAt : undefined];
  const known = claims.filter((claim) => claim !== undefined);
  if (ticket?.creationClaimed) known.push(ticket.createdAt);
  if (known.length > 0) return { createdAt: Math.min(...known), creationClaimed: true };
  return { createdAt: Math.min(ticket?.createdAt ?? event.occurredAt, event.occurredAt), creationClaimed: false };
}

/** The ticket with an event taken in, and the decisions where they were taken anew. */
export interface TakenIn {
  readonly ticket: ClassifiedTicket;
  readonly decisions: readonly DecisionRecord[] | null;
}

/**
 * Takes an event in. Most events say nothing of a ticket's priority: then the ticket is given back as the same object, and need not be
 * saved. Pure; throws only for bugs, which are that ticket's trouble alone.
 */
export function takeIn(before: ClassifiedTicket, event: TicketEvent, policy: CompiledPolicy): TakenIn {
  const input = toPriorityInput(event);
  const creation = creationAfter(before, event);
  const keepsCreation = creation.createdAt === before.createdAt && creation.creationClaimed === before.creationClaimed;
  const created = keepsCreation ? before : { ...before, ...creation };
  if (input === null && policy.version === before.policyVersion) return { ticket: created, decisions: null };
  const inputs = input === null ? before.inputs : [...before.inputs, input];
  const { priorityHistory, coverageHistory, decisions } = decidePriorities(inputs, policy);
  const changed =
    JSON.stringify([priorityHistory, coverageHistory]) !==
    JSON.stringify([before.priorityHistory, before.coverageHistory]);
  const revision = changed ? before.revision + 1 : before.revision;
  const ticket = { ...created, policyVersion: policy.version, inputs, revision, priorityHistory, coverageHistory };
  return { ticket, decisions };
}
