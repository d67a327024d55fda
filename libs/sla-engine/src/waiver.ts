import { eventId } from './draft.js';
import type { AwaitingWaiver, TicketState, Waiver } from './ticket-state.js';

/** A breach taken back and said again has a new id each time; a waiver may name any of the first few. */
const MOST_REPETITIONS = 10;

/** Whether `id` is the id under which the breach of this content was published. */
export function namesBreach(id: string | null, contentKey: string): boolean {
  if (id === null) return false;
  return Array.from({ length: MOST_REPETITIONS }, (_, again) => eventId(contentKey, again)).includes(id);
}

/** Takes a waiver that waited for a cycle or breach of this promise out of the state; null where none did. The first granted comes first. */
export function takeAwaited(
  state: TicketState,
  promise: string,
  isThis: (awaiting: AwaitingWaiver) => boolean,
): Waiver | null {
  const found = state.waivers.find((awaiting) => awaiting.promise === promise && isThis(awaiting));
  if (!found) return null;
  state.waivers = state.waivers.filter((awaiting) => awaiting !== found);
  return found.waiver;
}

/** Who waived and why, for people; a person appears by role and opaque id. */
export function waiverSentence({ by, reason }: Pick<Waiver, 'by' | 'reason'>): string {
  return `Waived by ${by.id === undefined ? `the ${by.role}` : `${by.role} ${by.id}`}: ${reason}`;
}
