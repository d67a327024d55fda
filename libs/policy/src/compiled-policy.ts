import type { Commitment, Horizon, StatusCategory, Target, TicketFields, TicketStatus } from '@punctual/contracts';
import type { WorkingCalendar } from '@punctual/working-time';
import type { HolidayStretch } from './holiday-stretch.js';
import type { RequestMade, RequestVerdict } from './request-rules.js';

/**
 * A policy ready to be asked: what `compilePolicy` makes of a checked document. Everything here is pure and answers from the document
 * alone; the same document gives the same version and the same answers on every machine.
 */
export interface CompiledPolicy {
  /** The policy's id, such as `rewst`. */
  readonly id: string;
  readonly title: string;
  /** Content hash (SHA-256, hex) of the resolved document. */
  readonly version: string;
  /** How late this helpdesk's deliveries usually are, ms. */
  readonly settleMs: number;
  /** How long after solving a ticket may be reopened, ms (default 28 days). */
  readonly reopenWindowMs: number;
  /** How long after its final close a ticket's timeline is kept, ms (default 90 days). */
  readonly sealAfterMs: number;
  /** What an agent's first priority after the classifier's is; later ones are changes. */
  readonly agentFirstPriority: 'correction' | 'change';
  readonly onReclassify: 'retract' | 'stand';
  /** Whether messages of bots, and automatic replies, count as replies or as requester messages. */
  readonly countsBots: boolean;
  readonly countsAutoReplies: boolean;
  /** Every priority of every scheme, most urgent first within a scheme. */
  readonly priorities: readonly PolicyPriority[];
  /** The support plans the policy knows, by name. */
  readonly plans: readonly string[];
  /** The rules and settings the classifier reads. */
  readonly classification: ClassificationPolicy;
  /** The calendars by name. */
  readonly calendars: ReadonlyMap<string, WorkingCalendar>;
  /** The scheme a ticket's priorities come from (pre-sales beside customers). */
  schemeOf(ticket: TicketAttributes): string;
  /** A priority by name or alias, ignoring case, in the ticket's scheme; null where the policy knows none such. */
  findPriority(text: string, ticket: TicketAttributes): string | null;
  /**
   * Which promises apply. Equal arguments give the identical object, so that a caller can see "nothing changed" by `===`.
   * `exclusion` is the classifier's reason to hold the ticket outside every promise, null where there is none.
   */
  resolve(ticket: TicketAttributes, priority: string | null, exclusion: string | null): Resolution;
  /** What the order of waiting tickets depends on, as a hash: versions with the same one put every ticket in the same place. */
  readonly queueOrder: string;
  /** A waiting ticket's place in the policy's strict total order, as text: the least, by code points, comes first. */
  placeInQueue(entry: QueueEntry): string;
  /** While a surge is open: when the next team arrives, which waiting customers are told; null where the policy does not tell. */
  nextOpening(at: number): number | null;
  /** Whether a request of a customer is accepted, and if not why, what is missing and what to do. */
  judgeRequest(request: RequestMade): RequestVerdict;
  /** Whether a message that asks for this, by what was read in it (confidence 0..1), makes a request of the ticket. */
  takesFromMessage(
    request: 'update' | 'elevation' | 'escalation',
    confidence: number,
    ticket: TicketAttributes,
  ): boolean;
  /** What settles an escalation that was asked for: somebody's word, or additional resources named with it. */
  escalationHandledBy(ticket: TicketAttributes): 'word' | 'resources';
}

export interface PolicyPriority {
  readonly scheme: string;
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  readonly definition: string;
}

/** What a policy may decide by. Absent attributes are null. */
export interface TicketAttributes {
  readonly customer: string | null;
  readonly plan: string | null;
  readonly tier: string | null;
  readonly channel: string | null;
  readonly product: string | null;
  /** Release or sales stage, such as `beta` or `pre-sales`. */
  readonly stage: string | null;
  readonly fields: TicketFields;
}

export type Resolution =
  | { readonly covered: true; readonly promises: readonly PromiseTerms[] }
  | { readonly covered: false; readonly code: string; readonly reason: string };

/** One promise as it applies to one ticket at one priority. */
export interface PromiseTerms {
  /** Stable across priorities: the same promise at another priority is a retarget, not another promise. */
  readonly id: string;
  /** Equal digests promise the same in every respect, in whichever version they stand. */
  readonly digest: string;
  readonly target: Target;
  readonly commitment: Commitment;
  /** `null`: measured, never late. */
  readonly duration: PromiseDuration | null;
  readonly calendar: WorkingCalendar;
  /** Whether a ticket in this status pauses the promise. `requesterWrote`: since the status began, which ends a wait for them. */
  pausesIn(status: TicketStatus, requesterWrote: boolean): boolean;
  /** Whether this status stops a `resolution` or ends a team's stay. */
  solvedBy(status: TicketStatus): boolean;
  /** In the order in which they are crossed. */
  readonly warnings: readonly WarningThreshold[];
  readonly retarget: 'fromStart' | 'carryElapsed' | 'restart';
  readonly reopen: 'resume' | 'newCycle';
  /** `next_response` only: whether the creation text is a message that waits for an answer. */
  readonly fromCreation: boolean;
  /** The share of cycles that an objective means to keep, 0..1; null where none is stated. */
  readonly attainment: number | null;
  readonly escalations: readonly EscalationStep[];
  /** How its target is longer for cycles that start on a holiday; null where it is not. */
  readonly holidayStretch: HolidayStretch | null;
  /** Whether a surge of the desk suspends it. */
  readonly suspendedInSurge: boolean;
}

export type PromiseDuration =
  | { readonly kind: 'work'; readonly ms: number; readonly text: string }
  | { readonly kind: 'businessDays'; readonly days: number; readonly endOfDay: boolean; readonly text: string };

export type WarningThreshold =
  | { readonly kind: 'percent'; readonly percent: number; readonly label: string }
  | { readonly kind: 'remaining'; readonly ms: number; readonly label: string };

export interface EscalationStep {
  readonly name: string;
  readonly anchor: 'start' | 'due';
  /** Working ms in the promise's calendar; negative before the anchor. */
  readonly offsetMs: number;
  readonly recipients: readonly string[];
}

export interface QueueEntry {
  readonly source: string;
  readonly ticket: string;
  readonly attributes: TicketAttributes;
  readonly priority: string | null;
  readonly dueAt: number | null;
  /** A person takes it before its turn: it comes before all that nobody does. */
  readonly outOfTurn: boolean;
  /** Others have the next word: it comes after all in which the team has, also where a person takes it before its turn. */
  readonly waits: boolean;
}

/** How the classifier decides under this policy (CLASSIFIER). */
export interface ClassificationPolicy {
  /** `decide`: the rules' word stands until an agent's; `propose`: a person confirms. */
  readonly mode: 'decide' | 'propose';
  readonly defaultPriority: (ticket: TicketAttributes) => string;
  /** In order: the first that matches decides. */
  readonly rules: readonly ClassificationRule[];
  /** How the requester's own choice is taken: which channels may choose and when, and whether rules may raise or lower it. */
  readonly requesterChoice: {
    readonly acceptedChannels: readonly string[] | 'any' | 'none';
    readonly at: 'creation' | 'any_time';
    readonly rulesMayLower: boolean;
    readonly rulesMayRaise: boolean;
    /** The confidence from which a rule raises what was chosen, 0..1. */
    readonly raiseFrom: number;
  };
  /** Below this confidence a decision needs review. */
  readonly reviewBelow: number;
}

export interface ClassificationRule {
  readonly id: string;
  readonly when: FactCondition;
  /** The priority, or a reason to hold the ticket outside every promise. */
  readonly then:
    | { readonly priority: string }
    | { readonly exclude: string }
    | { readonly priority: string; readonly exclude: string };
  readonly because: string;
  /** Only in this scheme; null: in any. */
  readonly scheme: string | null;
}

/** The names of facts (CLASSIFIER 1). Values are lower-case words; the classifier's documentation lists them. */
export const factValues = {
  environment: ['production', 'staging', 'development'],
  impact: ['outage', 'degraded', 'minor', 'none'],
  scope: ['everyone', 'some', 'one'],
  system_critical: ['yes', 'no'],
  workaround: ['yes', 'no'],
  kind: ['incident', 'question', 'how_to', 'feature_request', 'building'],
  security: ['yes', 'no'],
  data_loss: ['yes', 'no'],
  cosmetic: ['yes', 'no'],
  result_usable: ['yes', 'no'],
  stage: ['general', 'beta', 'preview'],
  business_impact: ['stated', 'none'],
} as const;
export type FactName = keyof typeof factValues;

/** A condition over facts, the requester's choice and ticket attributes. A fact without evidence is `unknown`. */
export type FactCondition =
  | { readonly all: readonly FactCondition[] }
  | { readonly any: readonly FactCondition[] }
  | { readonly not: FactCondition }
  | { readonly fact: FactName; readonly in: readonly string[] }
  | { readonly chosen: readonly string[] }
  | { readonly attribute: keyof Omit<TicketAttributes, 'fields'>; readonly in: readonly string[] }
  | { readonly field: string; readonly in: readonly string[] }
  | { readonly always: true };

/** Re-exported so that engines need not name the contracts for a fold's limits. */
export type { Horizon, StatusCategory };
