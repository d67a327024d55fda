import type { Horizon, Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { brokenIn, lastCorrection } from './broken-before.js';
import type { ClockPast } from './clock-past.js';
import type { TicketHistory } from './engine-input.js';
import { folded, type Folded } from './folded.js';
import { PolicyInForce } from './policy-in-force.js';
import { courseOf, courseUpTo, digestCourse, type PolicyCourse, type PolicySchedule } from './policy-schedule.js';
import { noSurgeSeen, surgeEdges } from './surges.js';
import { TicketFold } from './ticket-fold.js';
import type { ClockState, TicketState } from './ticket-state.js';
import { formerTimeline, noAttributes, readTimeline, type Timeline } from './timeline.js';

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
