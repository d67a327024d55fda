import type { Horizon, TicketEvent } from '@punctual/contracts';
import type { TicketHistory } from './engine-input.js';
import { compareKeys, type TicketState } from './ticket-state.js';
import { eventKey, orderedEvents } from './timeline.js';

/** What brought a ticket to be folded from its start, for what is retracted because of it. */
export interface RefoldCause {
  /** The id of the event that did; null where several did, or none. */
  readonly cause: string | null;
  readonly reasonCode: 'corrected' | 'late_evidence';
}

/**
 * Why a ticket in `state` is folded from its start (SLA-SEMANTICS §5): one of the new events corrects what was true from the start, or belongs
 * before what was folded. Where both do, the second: it is not known what followed from which. `history.events` holds only the new events.
 * Whatever else is told late (a publication that is dated back, a surge) is late evidence too.
 */
export function refoldCause(state: TicketState | null, history: TicketHistory, { eventsUpTo }: Horizon): RefoldCause {
  const events = orderedEvents(history.events, eventsUpTo);
  const [only] = events;
  const cause = only !== undefined && events.length === 1 ? only.id : null;
  const corrects = events.some((event) => isCorrection(event, history));
  const late = state === null || events.some((event) => comesLate(event, state));
  return { cause, reasonCode: corrects && !late ? 'corrected' : 'late_evidence' };
}

/** Whether an event belongs before what was folded, or says that the ticket is older than was known. */
export function comesLate(event: TicketEvent, state: TicketState): boolean {
  const { lastKey, lastFiredAt, createdAt, createdId } = state;
  if (createdAt === null || lastKey === null) return true;
  if (compareKeys(eventKey(event), lastKey) <= 0) return true;
  if (lastFiredAt !== null && event.occurredAt <= lastFiredAt) return true;
  const claim = event.data.ticket?.createdAt;
  if (claim !== undefined && claim < createdAt) return true;
  return event.type === 'ticket.created' && createdId === null;
}

/** Whether an event says, by itself or by what was decided because of it, what was true from the start. */
export function isCorrection(
  event: TicketEvent,
  { priorityHistory, coverageHistory }: Omit<TicketHistory, 'events'>,
): boolean {
  if (correctsAttributes(event)) return true;
  return [...priorityHistory, ...coverageHistory].some(
    ({ eventId, kind }) => eventId === event.id && kind === 'correction',
  );
}

/** Whether an event says what the ticket's plan or fields were from the start. */
export function correctsAttributes(event: TicketEvent): boolean {
  const changes = event.type === 'ticket.plan.changed' || event.type === 'ticket.fields.changed';
  return changes && event.data.kind === 'correction';
}
