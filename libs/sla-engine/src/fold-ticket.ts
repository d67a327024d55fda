import type { Horizon, Instant, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { brokenIn, lastCorrection } from './broken-before.js';
import { TimelineNeeded, type ClockPast } from './clock-past.js';
import { elapsedAt, nextInstant } from './clock.js';
import type { Saying } from './draft.js';
import type { TicketHistory } from './engine-input.js';
import { courseOf, courseUpTo, digestCourse, type PolicyCourse, type PolicySchedule } from './policy-schedule.js';
import { PolicyInForce } from './policy-in-force.js';
import { comesLate, correctsAttributes } from './refold-cause.js';
import { nextEdgeAt, noSurgeSeen, surgeEdges, surgesContinue } from './surges.js';
import { TicketFold } from './ticket-fold.js';
import type { ClockState, TicketState, Waiver } from './ticket-state.js';
import {
  attributesSetBy,
  digestDecisions,
  isDigestOf,
  noAttributes,
  orderedEvents,
  formerTimeline,
  readTimeline,
  type AttributesPatch,
  type DecisionTimeline,
  type Timeline,
} from './timeline.js';

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

/** A clock as readers see it. `elapsedMs` is counted up to `asOf` (the stop, once stopped). */
export interface ClockView extends Omit<
  ClockState,
  | 'crossed'
  | 'passed'
  | 'nextThreshold'
  | 'breachKey'
  | 'verdictKey'
  | 'endedBy'
  | 'fixedDueAt'
  | 'waiver'
  | 'termsChanged'
> {
  /** The version it runs under, or ran under when it ended. */
  readonly policyVersion: string;
  readonly asOf: Instant;
  readonly elapsedMs: number;
  readonly remainingMs: number | null;
  readonly outcome: ClockOutcome;
  /** Working ms after the deadline, so far or until the stop; null where it never passed. */
  readonly lateMs: number | null;
  /** Broken, and the breach is waived: it does not count in attainment. */
  readonly waived: boolean;
  /** Who waived this cycle and why; also while there is no breach to waive. */
  readonly waiver: Omit<Waiver, 'saidAs'> | null;
  readonly warnings: readonly { readonly label: string; readonly at: Instant }[];
  readonly nextFireAt: Instant | null;
}

export type ClockOutcome = 'running' | 'paused' | 'met' | 'breached' | 'missed' | 'measured' | 'cancelled';

/** A fold from the start also knows the past of its clocks. */
export interface FoldedFromStart extends Folded {
  readonly fold: TicketFold;
  readonly pasts: ReadonlyMap<ClockState, ClockPast>;
}

/**
 * Folds a ticket from its start: the definition of every verdict (SLA-SEMANTICS §1). The result depends on the policy, the set of
 * events and decisions, and the horizon; not on the order of `history`. Instants epoch ms.
 */
export function foldTicket(
  id: { readonly source: string; readonly ticket: string },
  history: TicketHistory,
  policy: CompiledPolicy | PolicySchedule,
  horizon: Horizon,
): FoldedFromStart {
  const timeline = readTimeline(history, horizon.eventsUpTo);
  const createdAt = timeline.creation?.at ?? timeline.events[0]?.occurredAt ?? horizon.eventsUpTo;
  const course = courseUpTo(courseOf(policy, createdAt), horizon.eventsUpTo);
  const known = history.priorityHistory.filter(({ at }) => at <= horizon.eventsUpTo);
  const fold = foldTimeline(id, timeline, { ...history, priorityHistory: known }, course, horizon.duesBefore);
  fold.state.scheduleSeen = digestCourse(course);
  fold.sayWarnings(horizon);
  const everyClock = [...fold.book.ended.clocks, ...fold.state.clocks];
  return { ...folded(fold, everyClock, horizon), fold, pasts: fold.book.past?.pasts ?? new Map() };
}

/**
 * Plays a timeline from its start, dues before `duesBefore`. Where the policy lets breaches under a corrected priority stand, what was
 * before the last correction is played first, by the decisions of that time.
 */
function foldTimeline(
  id: { readonly source: string; readonly ticket: string },
  timeline: Timeline,
  history: TicketHistory,
  course: PolicyCourse,
  duesBefore: Instant,
): TicketFold {
  const decisions = history.priorityHistory;
  const place = lastCorrection(decisions, (at) => inForceAt(course, at).onReclassify === 'stand');
  const correction = place === null ? undefined : decisions[place];
  const at = timeline.events.findIndex((event) => event.id === correction?.eventId);
  const corrects = place !== null && correction !== undefined && at !== -1;
  const former = corrects
    ? foldTimeline(
        id,
        formerTimeline(timeline, at, { ...history, priorityHistory: decisions.slice(0, place) }),
        { ...history, priorityHistory: decisions.slice(0, place) },
        courseUpTo(course, correction.at),
        correction.at,
      )
    : null;
  const fold = new TicketFold(
    emptyState(id.source, id.ticket, course.initial),
    new PolicyInForce(course.initial),
    true,
    surgeEdges(history.surges),
    former === null ? [] : brokenIn(former),
  );
  fold.create(timeline);
  const first = timeline.events[0];
  if (timeline.creation === null && first) fold.createdUnknown(first);
  let taken = 0;
  const turnUpTo = (limit: Instant): void => {
    for (let next = course.switches[taken]; next && next.at <= limit; next = course.switches[++taken])
      fold.turnTo(next);
  };
  timeline.events.forEach((event, index) => {
    turnUpTo(event.occurredAt);
    fold.apply(event, timeline);
    if (corrects && index === at) fold.adoptBroken(correction.at, correction.eventId);
  });
  turnUpTo(Infinity);
  fold.fireBefore(duesBefore);
  return fold;
}

/** The version of which a ticket that is open would be at an instant. */
function inForceAt(course: PolicyCourse, at: Instant): CompiledPolicy {
  return courseUpTo(course, at).switches.at(-1)?.policy ?? course.initial;
}

/**
 * Folds what is new onto a state, at a cost that does not grow with the ticket's age. `history.events` holds only the new events,
 * the decisions are whole. Null where the past is needed (late evidence, a correction, a retarget): then fold from the start.
 * The state given is not changed.
 */
export function continueTicket(
  state: TicketState,
  history: TicketHistory,
  schedule: CompiledPolicy | PolicySchedule,
  horizon: Horizon,
): Folded | null {
  const events = orderedEvents(history.events, horizon.eventsUpTo);
  const edges = surgeEdges(history.surges);
  const since = Math.min(events[0]?.occurredAt ?? Infinity, nextEdgeAt(state, edges) ?? Infinity);
  const inForce = versionToContinue(state, since, schedule, horizon);
  const timeline = inForce && continuation(state, events, history, horizon);
  if (inForce === null || timeline === null || !surgesContinue(state, edges)) return null;
  const fold = new TicketFold(copyState(state, timeline.decisions.digest), inForce, false, edges);
  try {
    for (const event of events) fold.apply(event, timeline);
    fold.fireBefore(horizon.duesBefore);
  } catch (error) {
    if (error instanceof TimelineNeeded) return null;
    throw error;
  }
  fold.sayWarnings(horizon);
  return folded(fold, fold.book.said.touched, horizon);
}

/** A clock as it stands at `asOf`, not before its last change. */
export function viewClock(clock: ClockState, fold: TicketFold, asOf: Instant): ClockView {
  const { phase, breachedAt, targetMs, elapsedAtBreach } = clock;
  const open = phase === 'running' || phase === 'paused';
  const at = open ? Math.max(asOf, clock.since) : (clock.stoppedAt ?? clock.since);
  const elapsedMs = phase === 'running' ? elapsedAt(clock, fold.promised.termsOf(clock), at) : clock.elapsed;
  return {
    promise: clock.promise,
    target: clock.target,
    commitment: clock.commitment,
    cycle: clock.cycle,
    cycleKey: clock.cycleKey,
    priority: clock.priority,
    startedAt: clock.startedAt,
    phase,
    reason: clock.reason,
    since: clock.since,
    elapsed: clock.elapsed,
    targetMs,
    floor: clock.floor,
    dueAt: breachedAt ?? clock.dueAt,
    breachedAt,
    elapsedAtBreach,
    stoppedAt: clock.stoppedAt,
    policyVersion: fold.book.ended.versionOf(clock),
    asOf: at,
    elapsedMs,
    remainingMs: targetMs === null ? null : Math.max(0, targetMs - elapsedMs),
    outcome: outcomeOf(clock),
    lateMs: elapsedAtBreach === null ? null : elapsedMs - elapsedAtBreach,
    waived: breachedAt !== null && clock.waiver !== null,
    waiver: waiverView(clock.waiver),
    warnings: clock.crossed,
    nextFireAt: nextInstant(clock),
  };
}

/**
 * The clocks a ticket's state remembers as they stand at `asOf` (epoch ms), without folding anything: for readers between two folds. Only
 * as good as the state: nothing may have been due before `asOf`. `policy` is the version the state was folded under.
 */
export function viewClocks(state: TicketState, policy: CompiledPolicy, asOf: Instant): ClockView[] {
  const fold = new TicketFold(state, new PolicyInForce(policy), false);
  return state.clocks.map((clock) => viewClock(clock, fold, asOf));
}

function waiverView(waiver: Waiver | null): ClockView['waiver'] {
  if (waiver === null) return null;
  const { eventId, at, by, reason } = waiver;
  return { eventId, at, by, reason };
}

export function outcomeOf(clock: Pick<ClockState, 'phase' | 'breachedAt' | 'commitment' | 'targetMs'>): ClockOutcome {
  if (clock.breachedAt !== null) return clock.commitment === 'objective' ? 'missed' : 'breached';
  if (clock.phase === 'stopped') return clock.targetMs === null ? 'measured' : 'met';
  return clock.phase;
}

function folded(fold: TicketFold, clocks: readonly ClockState[], horizon: Horizon): Folded {
  return {
    state: fold.state,
    sayings: fold.book.said.inOrder,
    clocks: clocks.map((clock) => viewClock(clock, fold, horizon.duesBefore)),
    wakeAt: fold.nextInstant(),
    createdAgain: fold.createdAgain,
    policy: fold.policy,
  };
}

/**
 * The version in force, or null where the ticket's versions are not those that were folded, or another one takes over in between. `since`: when
 * the first of what is new happened.
 */
function versionToContinue(
  state: TicketState,
  since: Instant,
  schedule: CompiledPolicy | PolicySchedule,
  { eventsUpTo }: Horizon,
): PolicyInForce | null {
  if (state.createdAt === null) return null;
  const course = courseUpTo(courseOf(schedule, state.createdAt), eventsUpTo);
  if (digestCourse(course) !== state.scheduleSeen) return null;
  const last = course.switches.at(-1);
  if (last === undefined)
    return course.initial.version === state.policyVersion ? new PolicyInForce(course.initial) : null;
  if (since < last.at) return null;
  const taken = course.switches.findLast(({ policy }) => policy.version === state.policyVersion)?.policy;
  return new PolicyInForce(taken ?? course.initial, course.initial);
}

/** What a continued fold reads instead of the whole timeline, or null where the new events do not simply come after the old. */
function continuation(
  state: TicketState,
  events: readonly TicketEvent[],
  history: TicketHistory,
  horizon: Horizon,
): Timeline | null {
  if (state.createdAt === null || state.lastKey === null) return null;
  for (const event of events) if (asksForThePast(event, state)) return null;
  const decisions = decisionsSince(state, events, history, horizon);
  const attributeChanges = attributeChangesOf(events);
  return decisions && { events, creation: null, attributeChanges, believedBefore: noChanges, decisions };
}

/**
 * Whether an event comes late, corrects, or answers an escalation: which were raised, and what was answered, the state does not keep, because
 * people answer few.
 */
function asksForThePast(event: TicketEvent, state: TicketState): boolean {
  return comesLate(event, state) || correctsAttributes(event) || answersEscalation(event);
}

/** The decisions that new events caused, or null where they correct, or where what was decided before is not what was folded. */
function decisionsSince(
  state: TicketState,
  events: readonly TicketEvent[],
  history: TicketHistory,
  { eventsUpTo }: Horizon,
): DecisionTimeline | null {
  const since = events[0]?.occurredAt ?? Infinity;
  const priorities = knownUpTo(history.priorityHistory, eventsUpTo);
  const coverage = knownUpTo(history.coverageHistory, eventsUpTo);
  if (!anySince(priorities, since) && !anySince(coverage, since)) {
    return isDigestOf(state.decisionsSeen, priorities, coverage) ? nothingDecided(state.decisionsSeen) : null;
  }
  const ids = new Set(events.map(({ id }) => id));
  const isFresh = ({ eventId }: { readonly eventId: string }): boolean => ids.has(eventId);
  const fresh = priorities.filter(isFresh);
  const freshCoverage = coverage.filter(isFresh);
  if ([...fresh, ...freshCoverage].some(({ kind }) => kind === 'correction')) return null;
  const before = priorities.filter((decision) => !isFresh(decision));
  const coverageBefore = coverage.filter((decision) => !isFresh(decision));
  if (!isDigestOf(state.decisionsSeen, before, coverageBefore)) return null;
  return {
    initialPriority: null,
    initialExclusion: null,
    priorities: new Map(fresh.map(({ eventId, priority }) => [eventId, { priority, corrected: false }])),
    exclusions: new Map(freshCoverage.map(({ eventId, exclusion }) => [eventId, { exclusion }])),
    digest: digestDecisions(priorities, coverage),
  };
}

/** Nearly always the whole history. */
function knownUpTo<Decision extends { readonly at: Instant }>(
  history: readonly Decision[],
  eventsUpTo: Instant,
): readonly Decision[] {
  for (const { at } of history) if (at > eventsUpTo) return history.filter((decision) => decision.at <= eventsUpTo);
  return history;
}

function anySince(decisions: readonly { readonly at: Instant }[], since: Instant): boolean {
  for (const { at } of decisions) if (at >= since) return true;
  return false;
}

/** Most events neither decide nor change an attribute; they share these. */
const noChanges: ReadonlyMap<string, never> = new Map<string, never>();

function nothingDecided(digest: string): DecisionTimeline {
  return { initialPriority: null, initialExclusion: null, priorities: noChanges, exclusions: noChanges, digest };
}

function attributeChangesOf(events: readonly TicketEvent[]): Timeline['attributeChanges'] {
  let changes: Map<string, AttributesPatch> | null = null;
  for (const event of events) {
    if (event.type !== 'ticket.plan.changed' && event.type !== 'ticket.fields.changed') continue;
    changes ??= new Map();
    changes.set(event.id, attributesSetBy(event));
  }
  return changes ?? noChanges;
}

function answersEscalation({ type }: TicketEvent): boolean {
  return type === 'ticket.escalation.acknowledged' || type === 'ticket.escalation.resolved';
}

function emptyState(source: string, ticket: string, policy: CompiledPolicy): TicketState {
  return {
    source,
    ticket,
    policy: policy.id,
    policyVersion: policy.version,
    scheduleSeen: policy.version,
    lastKey: null,
    lastFiredAt: null,
    decisionsSeen: '',
    createdAt: null,
    createdId: null,
    origin: 'requester',
    attributes: noAttributes,
    priority: null,
    exclusion: null,
    covered: null,
    status: { name: 'new', category: 'open' },
    requesterWrote: false,
    solved: null,
    assignee: { person: null, team: null },
    acknowledged: false,
    replied: false,
    requesterHasWritten: false,
    owed: null,
    gone: null,
    stay: null,
    cycles: {},
    clocks: [],
    waivers: [],
    escalationAnswers: [],
    requests: [],
    retractions: {},
    surge: noSurgeSeen,
  };
}

/** A state to fold onto: what is in it is replaced and never changed, but for its clocks. */
function copyState(state: TicketState, decisionsSeen: string): TicketState {
  return {
    ...state,
    decisionsSeen,
    clocks: state.clocks.map((clock) => ({ ...clock, crossed: [...clock.crossed], passed: [...clock.passed] })),
  };
}
