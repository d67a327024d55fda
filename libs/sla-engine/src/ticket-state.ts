import type { RequestMade } from '@punctual/policy';
import type { NamedTicket } from './links.js';
import type {
  Actor,
  AdditionalResource,
  Assignment,
  Commitment,
  Instant,
  Target,
  TicketFields,
  TicketStatus,
} from '@punctual/contracts';

/**
 * What the engine remembers of a ticket between folds: plain JSON, bounded by the promises that are open, not by the ticket's age.
 * Cycles that are over for good leave it; what could still be taken back (stopped by solving, cancelled by a merge) stays.
 */
export interface TicketState {
  readonly source: string;
  readonly ticket: string;
  readonly policy: string;
  /** The version in force. */
  policyVersion: string;
  /** The versions taken in so far: another course of them re-folds the ticket. */
  scheduleSeen: string;
  /** Order key of the last folded event, null before the first. */
  lastKey: EventKey | null;
  /** The latest instant at which time itself did something (a deadline, a threshold); an event at or before it re-folds the ticket. */
  lastFiredAt: Instant | null;
  /** How many decisions were taken in, and a digest of them: a rewritten history re-folds the ticket. */
  decisionsSeen: string;
  createdAt: Instant | null;
  /** Id of the `ticket.created` event, null while only claims are known. */
  createdId: string | null;
  origin: 'requester' | 'on_behalf' | 'outbound';
  attributes: AttributesState;
  priority: string | null;
  exclusion: string | null;
  /** Null before the ticket is covered or found not to be. */
  covered: boolean | null;
  status: TicketStatus;
  /** Whether the requester has written since the status began, which ends a wait for them. */
  requesterWrote: boolean;
  /** The event and instant that solved the ticket, while it is solved. */
  solved: { readonly at: Instant; readonly eventId: string; readonly closed: boolean } | null;
  assignee: Assignment;
  /** A person has been assigned at some time; an acknowledgement asks no more. */
  acknowledged: boolean;
  /** An agent has replied in public at some time. */
  replied: boolean;
  requesterHasWritten: boolean;
  /** The first public requester message without an answer. */
  owed: { readonly eventId: string; readonly at: Instant } | null;
  /** Merged away or deleted. */
  gone: { readonly kind: 'merged' | 'deleted'; readonly at: Instant; readonly eventId: string } | null;
  /** When and by which event the present team's stay began. */
  stay: { readonly eventId: string; readonly at: Instant } | null;
  /** Cycles begun so far, by promise id. */
  cycles: Readonly<Record<string, number>>;
  clocks: ClockState[];
  /** What of the desk's surges was taken in; absent in states written before there were any. */
  surge?: SurgeSeen;
  /** The tickets that this one names as related; absent where it names none. */
  related?: readonly NamedTicket[];
  /** The ticket as which it is handled elsewhere, since it was transferred; absent where it was not, or came back. */
  transferred?: NamedTicket;
  /** Who takes the ticket before its turn in the queue, and why; null once it went back to it, absent where it never left it. */
  outOfTurn?: OutOfTurn | null;
  /** The kinds of requests that were accepted on this ticket, each once. */
  requests: readonly RequestMade['kind'][];
  /** Waivers of cycles or breaches that are still to come. */
  waivers: readonly AwaitingWaiver[];
  /** Answers to escalations that they name and that are still to be raised, in order. */
  escalationAnswers: readonly EscalationAnswer[];
  /** Content keys that were retracted, and how often: the count is part of a later identical event's id. */
  retractions: Record<string, number>;
}

export interface AttributesState {
  readonly customer: string | null;
  readonly plan: string | null;
  readonly tier: string | null;
  readonly channel: string | null;
  readonly product: string | null;
  readonly stage: string | null;
  readonly fields: TicketFields;
}

/** How many beginnings and ends of surges lie behind a ticket, which they are, and whether one is open. */
export interface SurgeSeen {
  readonly open: boolean;
  readonly edges: number;
  readonly digest: string;
}

/** A ticket that a person takes before its turn in the queue. */
export interface OutOfTurn {
  readonly eventId: string;
  readonly at: Instant;
  readonly by: Actor;
  readonly reason: string;
}

/** Who waived a breach, and why (SLA-SEMANTICS §11). */
export interface Waiver {
  /** The event that granted it. */
  readonly eventId: string;
  readonly at: Instant;
  readonly by: Actor;
  readonly reason: string;
  /** Content key of the unretracted `sla.breach.waived`; null while there is no breach. */
  readonly saidAs: string | null;
}

/** A waiver that waits for its cycle to begin, or for the breach it names. */
export interface AwaitingWaiver {
  readonly promise: string;
  /** Null where it names a breach. */
  readonly cycle: number | null;
  readonly breach: string | null;
  readonly waiver: Waiver;
}

/** Somebody takes up an escalation, or says that it is settled (SLA-SEMANTICS §7). */
export interface EscalationAnswer {
  readonly kind: 'acknowledged' | 'resolved';
  /** The event that said so. */
  readonly eventId: string;
  readonly at: Instant;
  readonly by: Actor;
  readonly reason: string | null;
  readonly resources: readonly AdditionalResource[];
  /** The id of the SLA event it names; null where it names none. */
  readonly escalation: string | null;
  /** The id of the event that asked for the escalation; null where it names none. */
  readonly request: string | null;
}

/** Instant, source sequence, kind, id (SLA-SEMANTICS §1). */
export type EventKey = readonly [occurredAt: Instant, sequence: number, kindRank: number, id: string];

export function compareKeys(a: EventKey, b: EventKey): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || (a[3] < b[3] ? -1 : a[3] > b[3] ? 1 : 0);
}

/**
 * One clock: one cycle of one promise.
 *
 *     running ⇄ paused ──▶ stopped     a stop: `met` in time, `completed` after a breach or where nothing was promised but measured
 *                     └──▶ cancelled   nothing is promised any more
 *
 * A breach is not a phase: `breachedAt` is set and the clock runs on, so that lateness is known. A clock ended by solving or by a merge
 * may be revived; what ended it is in `endedBy`.
 */
export interface ClockState {
  readonly promise: string;
  readonly target: Target;
  commitment: Commitment;
  readonly cycle: number;
  /** Id of the event that started the cycle. */
  readonly cycleKey: string;
  priority: string | null;
  startedAt: Instant;
  phase: 'running' | 'paused' | 'stopped' | 'cancelled';
  /** Why it is paused, stopped or cancelled; null while running. */
  reason: string | null;
  /** When the present phase began; `elapsed` is counted up to here. */
  since: Instant;
  /** Counted working ms up to `since`. */
  elapsed: number;
  /** Working ms promised; null where the promise only measures. */
  targetMs: number | null;
  /** The date a promise in business days falls due; null once a pause has turned it into working time. */
  fixedDueAt: Instant | null;
  /** A promise is not broken before it is made: no deadline lies before this. */
  floor: Instant | null;
  /** The deadline while running; null while paused. */
  dueAt: Instant | null;
  breachedAt: Instant | null;
  elapsedAtBreach: number | null;
  /** Content key of the unretracted breach. */
  breachKey: string | null;
  /** The waiver that takes a breach of this cycle out of attainment, granted before or after it. */
  waiver: Waiver | null;
  stoppedAt: Instant | null;
  endedBy: 'solve' | 'gone' | null;
  /** What it ran under has changed since it ended, and waits for its reopening; absent otherwise. */
  termsChanged?: true;
  /** Content key of the unretracted `met`, `completed` or `cancelled`. */
  verdictKey: string | null;
  /** Thresholds (warnings, escalation steps) crossed, with their instants. */
  crossed: { readonly label: string; readonly at: Instant }[];
  /** Labels that will not be crossed any more: crossed, or behind a retarget. */
  passed: string[];
  nextThreshold: { readonly label: string; readonly at: Instant } | null;
}
