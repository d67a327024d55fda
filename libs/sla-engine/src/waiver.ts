import { actorName } from './actor-name.js';
import { namesContent } from './draft.js';
import type { AwaitingWaiver, TicketState, Waiver } from './ticket-state.js';

/** Whether `id` is the id under which the breach of this content was published. */
export function namesBreach(id: string | null, contentKey: string): boolean {
  return id !== null && namesContent(id, contentKey);
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
  return `Waived by ${actorName(by)}: ${reason}`;
}
