import type { CoverageDecision, Instant, PriorityDecision, TicketEvent } from '@punctual/contracts';

/** What the engine folds for one ticket: its events, in any order, without text, and the classifier's decisions as now known. */
export interface TicketHistory {
  readonly events: readonly TicketEvent[];
  readonly priorityHistory: readonly PriorityDecision[];
  readonly coverageHistory: readonly CoverageDecision[];
  /** The surges of the policy's desk, in order and apart from each other, as now known; absent: none. */
  readonly surges?: readonly SurgeInterval[];
}

/** A stretch `[from, to)` in which the desk had more to do than it can, epoch ms; `to` is null while it lasts. */
export interface SurgeInterval {
  readonly from: Instant;
  readonly to: Instant | null;
  /** Ids of the records that said so. */
  readonly startedBy: string;
  readonly endedBy: string | null;
}
