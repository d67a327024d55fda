import type { Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { earliestDue, waitsForOthers, type PolicySchedule, type TicketState } from '@punctual/sla-engine';
import type { TicketId } from '../storage/ticket-store.js';

/** Where a ticket stands in the queue. */
export interface QueuePlace {
  /** What the place was made under. */
  readonly order: string;
  readonly place: string;
}

/** The place of a ticket in the order of a policy; null where nobody has to do anything about it. */
export function queuePlace(
  { source, ticket }: TicketId,
  state: TicketState | null,
  policy: Pick<CompiledPolicy, 'queueOrder' | 'placeInQueue'>,
): QueuePlace | null {
  if (state === null || state.solved !== null || state.gone !== null) return null;
  const { attributes, priority } = state;
  const dueAt = earliestDue(state);
  const outOfTurn = (state.outOfTurn ?? null) !== null;
  const waits = waitsForOthers(state);
  const place = policy.placeInQueue({ source, ticket, attributes, priority, dueAt, outOfTurn, waits });
  return { order: policy.queueOrder, place };
}

/** The version whose order the queue has at an instant: one queue has one order, whichever versions its tickets run under. */
export function orderingPolicy({ publications }: PolicySchedule, at: Instant): CompiledPolicy | undefined {
  return (publications.findLast(({ effectiveAt }) => effectiveAt <= at) ?? publications[0])?.policy;
}
