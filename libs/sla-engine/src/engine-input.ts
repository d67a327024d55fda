import type { CoverageDecision, PriorityDecision, TicketEvent } from '@punctual/contracts';

/** What the engine folds for one ticket: its events, in any order, without text, and the classifier's decisions as now known. */
export interface TicketHistory {
  readonly events: readonly TicketEvent[];
  readonly priorityHistory: readonly PriorityDecision[];
  readonly coverageHistory: readonly CoverageDecision[];
}
