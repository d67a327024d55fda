import type { Instant } from './instant.js';
import type { ChangeKind, TicketEvent } from './ticket-event.js';

/** Who set a priority: a rule of the classifier, the requester's accepted choice, an agent, or the policy's default. */
export type PrioritySetter = 'rule' | 'requester' | 'agent' | 'default';

/**
 * One decision about a ticket's priority. The history lists every decision in the order of the events that caused them, including
 * those a later correction replaced: what was known at any instant can be told from it.
 */
export interface PriorityDecision {
  readonly decisionId: string;
  /** The event that caused it. */
  readonly eventId: string;
  /** The order key's instant of that event: when the decision was made, epoch ms. */
  readonly at: Instant;
  /** `correction`: effective from creation. `change`: effective from `at`. The first decision is a correction. */
  readonly kind: ChangeKind;
  /** The policy's name of the priority. */
  readonly priority: string;
  readonly by: PrioritySetter;
  /** `proposed` where the policy reserves the decision for a person; clocks run on it all the same. */
  readonly status: 'decided' | 'proposed';
  /** The rule that decided, where one did. */
  readonly rule: string | null;
  /** Confidence 0..1. */
  readonly confidence: number;
  readonly needsReview: boolean;
  /** One line for people. */
  readonly reason: string;
}

/** Why the classifier holds a ticket outside every promise, told from its facts; null where it does not. */
export interface CoverageDecision {
  readonly eventId: string;
  readonly at: Instant;
  readonly kind: ChangeKind;
  /** A code such as `excluded_stage` or `enhancement_request`; null: nothing excludes it. */
  readonly exclusion: string | null;
}

/**
 * A record of `tickets.classified`: the event without its text, the ticket's whole decision history as now known, and a revision
 * that rises whenever the history changes. Readers keep the history of the highest revision.
 */
export interface ClassifiedEvent {
  readonly event: TicketEvent;
  readonly policy: string;
  readonly revision: number;
  readonly priorityHistory: readonly PriorityDecision[];
  readonly coverageHistory: readonly CoverageDecision[];
}
