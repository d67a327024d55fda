import type { CoverageDecision, Instant, PriorityDecision, TicketEvent } from '@punctual/contracts';
import type { TicketState } from '@punctual/sla-engine';

/** A ticket as the service stores it: the engine's state, the decisions as now known, and how far the log has been folded. */
export interface TicketRow {
  readonly source: string;
  readonly ticket: string;
  /** Fixed by the ticket's first record. */
  readonly policy: string;
  /** Null before the first fold. */
  policyVersion: string | null;
  settleMs: number;
  state: TicketState | null;
  priorityHistory: readonly PriorityDecision[];
  coverageHistory: readonly CoverageDecision[];
  revision: number;
  /** Events dated up to and including this are folded, if they stand before `foldedOffset` in the log; null before the first fold. */
  foldedUpTo: Instant | null;
  duesBefore: Instant | null;
  /** Offset of the watermark of the last fold, −1 before it. */
  foldedOffset: number;
  wakeAt: Instant | null;
  /** Why the ticket cannot be folded; null while it can. */
  quarantined: string | null;
}

/** An event with its place in the log. */
export interface PlacedEvent {
  readonly event: TicketEvent;
  readonly offset: number;
}

/** Unambiguous: a source may contain any separator that is printable. */
export function ticketKey(source: string, ticket: string): string {
  return `${source}\u0000${ticket}`;
}
