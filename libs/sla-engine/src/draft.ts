import { hash } from 'node:crypto';
import type { AnsweredEscalation, Commitment, Instant, SlaEvent, SlaEventType, Target } from '@punctual/contracts';

/** What the fold has to say, before it has an id: the content of an SLA event. */
export interface Draft {
  readonly type: SlaEventType;
  readonly promise: string | null;
  readonly commitment: Commitment | null;
  readonly target: Target | null;
  readonly cycle: number | null;
  readonly cycleKey: string | null;
  readonly priority: string | null;
  /** The version under which it was found. */
  readonly policyVersion: string;
  readonly at: Instant;
  readonly startedAt: Instant | null;
  readonly dueAt: Instant | null;
  readonly elapsedMs: number | null;
  readonly remainingMs: number | null;
  readonly lateMs: number | null;
  readonly lateWallMs: number | null;
  readonly cause: string | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly threshold: string | null;
  /** On a refused request. */
  readonly refusal: SlaEvent['refusal'];
  /** On an answer to an escalation; `raised` is the content key of what it answers. */
  readonly escalation: AnsweredEscalation | null;
  readonly attributes: { readonly customer: string | null; readonly plan: string | null; readonly tier: string | null };
  readonly key: string;
}

/** One step of what a fold publishes: something that holds, or something said before that holds no more. */
export type Saying =
  | { readonly kind: 'says'; readonly draft: Draft }
  | { readonly kind: 'retracts'; readonly key: string; readonly type: SlaEventType; readonly draft: Draft };

/**
 * The content key of an SLA event: SHA-256 over kind, source, ticket, promise, target, cycle key, policy version, semantic instant and
 * cause (SLA-SEMANTICS §7). The event's id adds how often this same content was retracted before.
 */
export function contentKey(parts: readonly (string | number | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 32);
}

/** The id of the n-th publication of a content (n = earlier retractions of it). */
export function eventId(key: string, earlierRetractions: number): string {
  return earlierRetractions === 0 ? key : contentKey([key, earlierRetractions]);
}

/** A content taken back and said again has a new id each time; who names one may mean any of the first few. */
const MOST_REPETITIONS = 10;

/** Whether `id` is an id under which this content was published. */
export function namesContent(id: string, key: string): boolean {
  return Array.from({ length: MOST_REPETITIONS }, (_, again) => eventId(key, again)).includes(id);
}

/** What the publisher adds to a draft. */
export interface PublicationContext {
  readonly source: string;
  readonly ticket: string;
  readonly policy: string;
  /** The horizon at which this is found, epoch ms. */
  readonly detectedAt: Instant;
  /** By when it is found in fact, less the time to settle, epoch ms: the horizon, or later where whoever folds lies behind the log, or the log behind a source. */
  readonly noticedAt: Instant;
  readonly mode: 'live' | 'historical';
}

/** How long after its instant a live verdict counts as found late (an outage, not the usual settling), ms. */
export const LATE_DETECTION_MS = 60_000;

/** The event of a draft. `retractions`: how often contents were retracted so far, by key. */
export function toSlaEvent(
  draft: Draft,
  id: string,
  context: PublicationContext,
  retractions: Readonly<Record<string, number>>,
): SlaEvent {
  const event: SlaEvent = {
    id,
    type: draft.type,
    source: context.source,
    ticket: context.ticket,
    customer: draft.attributes.customer,
    plan: draft.attributes.plan,
    tier: draft.attributes.tier,
    priority: draft.priority,
    policy: context.policy,
    policyVersion: draft.policyVersion,
    promise: draft.promise,
    commitment: draft.commitment,
    target: draft.target,
    cycle: draft.cycle,
    cycleKey: draft.cycleKey,
    at: draft.at,
    detectedAt: context.detectedAt,
    startedAt: draft.startedAt,
    dueAt: draft.dueAt,
    elapsedMs: draft.elapsedMs,
    remainingMs: draft.remainingMs,
    lateMs: draft.lateMs,
    lateWallMs: draft.lateWallMs,
    cause: draft.cause,
    reasonCode: draft.reasonCode,
    reason: draft.reason,
    mode: context.mode,
    lateDetection: context.mode === 'live' && context.noticedAt - draft.at > LATE_DETECTION_MS,
    // What is missing, the engine cannot know; whoever feeds it does.
    incomplete: false,
    corrects: null,
    correctedKind: null,
    threshold: draft.threshold,
    refusal: draft.refusal,
  };
  const { escalation } = draft;
  if (escalation === null) return event;
  const raised = eventId(escalation.raised, retractions[escalation.raised] ?? 0);
  return { ...event, escalation: { ...escalation, raised } };
}
