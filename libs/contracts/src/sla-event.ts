import type { Instant } from './instant.js';
import type { Figures } from './log-record.js';
import type { Actor, AdditionalResource } from './ticket-event.js';

/** The targets a promise can have (SLA-SEMANTICS §3). */
export const targets = [
  'first_response',
  'next_response',
  'periodic_update',
  'update_on_request',
  'acknowledgement',
  'resolution',
  'team_ownership',
] as const;
export type Target = (typeof targets)[number];

/** How binding a promise is. The first three are *breached*; an objective is *missed*. */
export const commitments = ['guaranteed', 'contractual', 'target', 'objective'] as const;
export type Commitment = (typeof commitments)[number];

export const clockEventKinds = [
  'started',
  'paused',
  'resumed',
  'retargeted',
  'warning',
  'breached',
  'missed',
  'met',
  'completed',
  'cancelled',
] as const;
export type ClockEventKind = (typeof clockEventKinds)[number];

/** The types of `sla.events` (SLA-SEMANTICS §7). */
export type SlaEventType =
  | `sla.clock.${ClockEventKind}`
  | 'sla.clock.retracted'
  | 'sla.ticket.covered'
  | 'sla.ticket.not_covered'
  | 'sla.ticket.retracted'
  | 'sla.escalation.raised'
  | 'sla.escalation.withdrawn'
  | 'sla.escalation.acknowledged'
  | 'sla.escalation.resolved'
  | 'sla.request.refused'
  | 'sla.request.retracted'
  | 'sla.breach.waived'
  | 'sla.breach.retracted'
  | 'sla.surge.started'
  | 'sla.surge.ended'
  | 'sla.share.raised'
  | 'sla.share.cleared';

/** Who answered which escalation. */
export interface AnsweredEscalation {
  /** The id of its `sla.escalation.raised`. */
  readonly raised: string;
  readonly by: Actor;
  readonly reason: string | null;
  /** The additional resources that were named; none on an acknowledgement. */
  readonly resources: readonly AdditionalResource[];
}

/**
 * What every SLA event says. Fields about a clock are absent (null) on events about a ticket. An event about a policy's desk names neither: its
 * source and ticket are empty.
 */
export interface SlaEvent {
  /** A hash of content: the same verdict has the same id on every machine and in every replay. */
  readonly id: string;
  readonly type: SlaEventType;
  readonly source: string;
  readonly ticket: string;
  readonly customer: string | null;
  readonly plan: string | null;
  readonly tier: string | null;
  readonly priority: string | null;
  /** The policy and its version (content hash). */
  readonly policy: string;
  readonly policyVersion: string;
  readonly promise: string | null;
  readonly commitment: Commitment | null;
  readonly target: Target | null;
  /** 1 for the first run of a target on the ticket, 2 for the second, … */
  readonly cycle: number | null;
  /** The id of the event that started the cycle. */
  readonly cycleKey: string | null;
  /** The semantic instant: for a breach the deadline, for a stop the stop. */
  readonly at: Instant;
  /** The horizon at which it was found, epoch ms; not part of the id. */
  readonly detectedAt: Instant;
  readonly startedAt: Instant | null;
  readonly dueAt: Instant | null;
  readonly elapsedMs: number | null;
  readonly remainingMs: number | null;
  /** On `completed`: how late in working time and by the wall clock. */
  readonly lateMs: number | null;
  readonly lateWallMs: number | null;
  /** The id of the event that caused it; null where time itself did. */
  readonly cause: string | null;
  /** A code for machines (`solved`, `waiting_requester`, `reopened`, …) and one line for people. */
  readonly reasonCode: string;
  readonly reason: string;
  readonly mode: 'live' | 'historical';
  readonly lateDetection: boolean;
  /** A record about the ticket could not be read or classified, and nobody has dealt with it: it might have said otherwise. */
  readonly incomplete: boolean;
  /** On a retraction: the id and type of what no longer holds. */
  readonly corrects: string | null;
  readonly correctedKind: SlaEventType | null;
  /** On a warning: the threshold crossed, such as `80%` or `-15m`. */
  readonly threshold: string | null;
  /** On a refused request. */
  readonly refusal: { readonly what: string; readonly missing: readonly string[]; readonly advice: string } | null;
  /** On an escalation that was acknowledged or resolved. */
  readonly escalation?: AnsweredEscalation;
  /** On what is said of a policy's desk: which share it is about, if any; who declared it, or the figures that decided. */
  readonly desk?: { readonly share: string | null; readonly by: string | null; readonly figures: Figures | null };
}
