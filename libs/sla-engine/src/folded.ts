import type { Horizon, Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { viewClock, type ClockView } from './clock-view.js';
import type { Saying } from './draft.js';
import type { TicketFold } from './ticket-fold.js';
import type { ClockState, TicketState } from './ticket-state.js';

/** What a fold gives back. */
export interface Folded {
  readonly state: TicketState;
  /** What is to be said, in order. After a fold from the start: everything ever said, to be compared with what was published. */
  readonly sayings: readonly Saying[];
  /** Clocks that changed (from the start: every clock there ever was), as they stand at the horizon. */
  readonly clocks: readonly ClockView[];
  /** When time will next change something, epoch ms; null where nothing is ahead. */
  readonly wakeAt: Instant | null;
  /** Ids of the creations that were ignored, because the ticket was there already. After a fold from the start: all there ever were. */
  readonly createdAgain: readonly string[];
  /** The version in force. */
  readonly policy: CompiledPolicy;
}

/** What a fold has come to; its clocks as they stand at the horizon. */
export function folded(fold: TicketFold, clocks: readonly ClockState[], horizon: Horizon): Folded {
  return {
    state: fold.state,
    sayings: fold.book.said.inOrder,
    clocks: clocks.map((clock) => viewClock(clock, fold, horizon.duesBefore)),
    wakeAt: fold.nextInstant(),
    createdAgain: fold.createdAgain,
    policy: fold.policy,
  };
}
