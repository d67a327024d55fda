import type { Horizon, Instant, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { TimelineNeeded } from './clock-past.js';
import type { TicketHistory } from './engine-input.js';
import { folded, type Folded } from './folded.js';
import { PolicyInForce } from './policy-in-force.js';
import { courseOf, courseUpTo, digestCourse, type PolicySchedule } from './policy-schedule.js';
import { comesLate, correctsAttributes } from './refold-cause.js';
import { nextEdgeAt, surgeEdges, surgesContinue } from './surges.js';
import { TicketFold } from './ticket-fold.js';
import type { TicketState } from './ticket-state.js';
import {
  attributesSetBy,
  digestDecisions,
  isDigestOf,
  orderedEvents,
  type AttributesPatch,
  type DecisionTimeline,
  type Timeline,
} from './timeline.js';

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

/** A state to fold onto: what is in it is replaced and never changed, but for its clocks. */
function copyState(state: TicketState, decisionsSeen: string): TicketState {
  return {
    ...state,
    decisionsSeen,
    clocks: state.clocks.map((clock) => ({ ...clock, crossed: [...clock.crossed], passed: [...clock.passed] })),
  };
}
