import type { Assignment, Horizon, Instant, TicketEvent, TicketStatus } from '@punctual/contracts';
import type { CompiledPolicy, PromiseTerms } from '@punctual/policy';
import type { WorkingCalendar } from '@punctual/working-time';
import type { BrokenBefore } from './broken-before.js';
import { ClockBook } from './clock-book.js';
import { ClockTimer } from './clock-timer.js';
import { namedAfter } from './links.js';
import { Escalations } from './escalations.js';
import { CREATION, PromisedClocks } from './promised-clocks.js';
import type { ClockState, TicketState } from './ticket-state.js';
import type { PolicyInForce } from './policy-in-force.js';
import type { PolicySwitch } from './policy-schedule.js';
import { Requests } from './requests.js';
import { adoptBroken } from './standing-breaches.js';
import { Surges, type SurgeEdge } from './surges.js';
import { Waivers } from './waivers.js';
import { eventKey, mergeAttributes, type DecisionTimeline, type Timeline } from './timeline.js';

/**
 * A ticket's life as promises see it. Events are applied in their order; before each, time fires what was due before its instant, so a
 * reply at the deadline still keeps the promise.
 *
 *     created ──▶ open ⇄ waiting ──▶ solved ──▶ closed        merged, deleted: gone until restored
 *                  ▲                    │
 *                  └──── reopened ──────┘
 *
 * What starts and stops each target is SLA-SEMANTICS §3, §4 and §10; each rule stands in one method below. What the policy promises, and what
 * pauses, stands in `PromisedClocks`.
 */
export class TicketFold {
  readonly book: ClockBook;
  readonly promised: PromisedClocks;
  /** Ids of creations of the ticket while it was there: they are ignored, and counted by whoever folds (SLA-SEMANTICS §10). */
  readonly createdAgain: string[] = [];
  private readonly timer: ClockTimer;
  private readonly waivers: Waivers;
  private readonly requests: Requests;
  private readonly escalations: Escalations;
  private readonly surges: Surges;
  /** The priority as it was decided, whatever the version in force calls it. Known where versions take over: in a fold from the start. */
  private decided: string | null = null;

  constructor(
    readonly state: TicketState,
    private readonly inForce: PolicyInForce,
    fromStart: boolean,
    surges: readonly SurgeEdge[] = [],
    brokenBefore: readonly BrokenBefore[] = [],
  ) {
    this.surges = new Surges(state, surges);
    this.book = new ClockBook(state, fromStart, brokenBefore);
    this.timer = new ClockTimer(state, this.book);
    this.promised = new PromisedClocks(state, inForce, this.book, fromStart);
    this.requests = new Requests(state, inForce, this.book);
    this.waivers = new Waivers(state, this.book, this.promised);
    this.escalations = new Escalations(state, inForce, this.book, this.promised);
  }

  /** Creates the ticket: coverage is decided and the first clocks start (SLA-SEMANTICS §3). */
  create(timeline: Timeline): void {
    const { creation, decisions } = timeline;
    const { state } = this;
    state.decisionsSeen = decisions.digest;
    if (creation === null) return;
    const at = creation.at;
    const event = creation.event;
    const cause = event?.id ?? null;
    state.createdAt = at;
    state.createdId = cause;
    state.origin = event?.data.origin ?? 'requester';
    state.attributes = creation.attributes;
    state.priority = decisions.initialPriority;
    this.decided = decisions.initialPriority;
    state.exclusion = decisions.initialExclusion;
    if (event) state.lastKey = eventKey(event);
    if (event) this.takeLinks(event, at);
    this.takeSurges(at);
    this.promised.recordStanding(at);
    this.promised.bringUpToDate(at, cause, 'created');
    if (event) this.requests.opened(event, at);
    if (event?.data.assignee) this.assign(event.data.assignee, at, cause);
    if (event?.data.status) this.changeStatus(event.data.status, at, cause);
  }

  /** A ticket of which nothing says when it was created: not covered until something does (SLA-SEMANTICS §10). */
  createdUnknown(first: TicketEvent): void {
    if (this.state.covered !== null) return;
    this.state.covered = false;
    const reason = 'Nothing says when this ticket was created, so nothing can be counted from it';
    this.book.sayOfTicket('sla.ticket.not_covered', first.occurredAt, first.id, 'unknown_creation', reason);
  }

  /** Applies the next event in order. */
  apply(event: TicketEvent, timeline: Timeline): void {
    const { state } = this;
    state.lastKey = eventKey(event);
    if (state.createdAt === null) return;
    const at = Math.max(event.occurredAt, state.createdAt);
    this.fireBefore(at);
    this.takeSurges(at);
    if (event.type === 'ticket.waiver.granted') return this.waivers.grant(event, at);
    if (event.type === 'ticket.waiver.withdrawn') return this.waivers.withdraw(event, at);
    if (state.gone !== null) {
      if (restores(event, state.gone.kind)) this.restore(at, event.id);
      else if (event.type === 'ticket.created') this.createdAgain.push(event.id);
      return;
    }
    switch (event.type) {
      case 'ticket.created':
        if (event.id !== state.createdId) this.createdAgain.push(event.id);
        return;
      case 'ticket.restored':
        return;
      case 'ticket.priority.changed':
      case 'ticket.plan.changed':
      case 'ticket.fields.changed':
        return this.takeChange(event, at, timeline);
      case 'ticket.assignment.changed':
        return this.assign(event.data.assignee, at, event.id);
      case 'ticket.message.added':
        return this.takeMessage(event, at);
      case 'ticket.request.made':
        return this.takeRequest(event, at);
      case 'ticket.escalation.acknowledged':
      case 'ticket.escalation.resolved':
        return this.escalations.answer(event, at);
      case 'ticket.queue.deviated':
        this.state.outOfTurn = { eventId: event.id, at, by: event.data.actor, reason: event.data.reason };
        return;
      case 'ticket.queue.restored':
        this.state.outOfTurn = null;
        return;
      case 'ticket.status.changed':
        return this.changeStatus(event.data.status, at, event.id);
      case 'ticket.merged':
        return this.takeMerge(event, at);
      case 'ticket.deleted':
        return this.leave('deleted', at, event.id);
    }
  }

  /**
   * Puts another version in force from its instant on, before what happens at that instant. A ticket that is solved or gone by then has
   * ended and keeps its version, also when it comes back (SLA-SEMANTICS §5).
   */
  turnTo(publication: PolicySwitch): void {
    const { state, inForce } = this;
    const { at, policy } = publication;
    if (state.createdAt === null) return;
    this.fireBefore(at);
    if (state.solved !== null || state.gone !== null || policy.version === state.policyVersion) return;
    this.promised.turnTo(publication, () => {
      inForce.turnTo(policy);
      this.book.turnTo(policy.version);
      state.priority = inForce.named(this.decided, state);
    });
  }

  /** Takes in what broke before a correction and is promised no more; see `adoptBroken`. */
  adoptBroken(at: Instant, cause: string): void {
    adoptBroken(this.state, this.book, at, cause);
    this.escalations.takeUpAwaiting();
  }

  /** The version in force. */
  get policy(): CompiledPolicy {
    return this.inForce.current;
  }

  /** Lets time pass: everything due strictly before `limit` happens, in the order of instants. */
  fireBefore(limit: Instant): void {
    if (this.state.createdAt === null) return;
    for (;;) {
      const next = this.timer.next();
      const closing = this.reopenWindowEnd();
      const edge = this.surges.next();
      if (edge !== null && edge.at < limit && edge.at <= Math.min(next?.at ?? Infinity, closing ?? Infinity)) {
        this.takeSurges(edge.at);
        continue;
      }
      if (closing !== null && closing < limit && (next === null || closing < next.at)) {
        this.cancelUnanswered(closing, null);
        this.state.lastFiredAt = closing;
        continue;
      }
      if (next === null || next.at >= limit) return;
      this.timer.fire(next.clock, this.promised.termsOf(next.clock), next.at);
      this.escalations.takeUpAwaiting();
      this.state.lastFiredAt = Math.max(this.state.lastFiredAt ?? next.at, next.at);
    }
  }

  /** Takes in the beginnings and ends of surges up to and including `at`; one at a deadline comes before it, as a pause does. */
  private takeSurges(at: Instant): void {
    for (let edge = this.surges.next(); edge !== null && edge.at <= at; edge = this.surges.next()) {
      this.surges.pass(edge);
      const { createdAt } = this.state;
      if (createdAt === null || edge.at <= createdAt) continue;
      this.promised.recordStanding(edge.at);
      this.promised.reconsiderSurge(edge.at, edge.id);
      this.state.lastFiredAt = Math.max(this.state.lastFiredAt ?? edge.at, edge.at);
    }
  }

  /** The instant at which time will next change something; null where nothing is ahead. */
  nextInstant(): Instant | null {
    const due = Math.min(this.timer.next()?.at ?? Infinity, this.reopenWindowEnd() ?? Infinity);
    const edge = this.surges.next()?.at ?? Infinity;
    const next = edge < due && this.promised.mindsSurges ? edge : due;
    return next === Infinity ? null : next;
  }

  /** Warnings worth saying at the horizon: the clock still runs unbroken, the crossing is recent and no higher one was crossed. */
  sayWarnings(horizon: Horizon): void {
    if (this.timer.crossedNothing) return;
    for (const clock of this.state.clocks) {
      if (clock.phase !== 'running' || clock.breachedAt !== null) continue;
      const terms = this.promised.termsOf(clock);
      const latest = clock.crossed.findLast(({ label }) => terms.warnings.some((warning) => warning.label === label));
      if (latest === undefined || !this.timer.hasCrossed(clock, latest.label)) continue;
      if (horizon.duesBefore - latest.at <= WARNING_IS_NEWS_MS) this.sayWarning(clock, terms, latest);
    }
  }

  private sayWarning(clock: ClockState, terms: PromiseTerms, { label, at }: ClockState['crossed'][number]): void {
    const word = {
      type: 'sla.clock.warning',
      at,
      cause: null,
      reasonCode: 'threshold_crossed',
      threshold: label,
    } as const;
    this.book.said.ofClock(clock, terms, word);
  }

  /** A calendar of a version by the name segments carry. */
  calendarNamed(name: string, version: string): WorkingCalendar | undefined {
    return [...this.inForce.ofVersion(version).calendars.values()].find((calendar) => calendar.name === name);
  }

  private takeRequest(event: Extract<TicketEvent, { type: 'ticket.request.made' }>, at: Instant): void {
    if (this.requests.asked(event, at)) this.begin(event.data.request, event.id, at);
  }

  /** What an accepted request sets going. */
  private begin(
    request: Extract<TicketEvent, { type: 'ticket.request.made' }>['data']['request'],
    id: string,
    at: Instant,
  ): void {
    if (request === 'update') this.promised.startCycle('update_on_request', id, at, 'update_requested');
    if (request === 'escalation' || request === 'concern') this.escalations.takeUpAwaiting();
  }

  private takeMessage(event: Extract<TicketEvent, { type: 'ticket.message.added' }>, at: Instant): void {
    const { actor, visibility, autoReply } = event.data;
    if (visibility === 'internal' || actor.role === 'system') return;
    if (actor.role === 'bot' && !this.policy.countsBots) return;
    if (autoReply && !this.policy.countsAutoReplies) return;
    if (actor.role !== 'requester' && actor.role !== 'participant') return this.agentReplies(event.id, at);
    this.requesterWrites(event.id, at);
    if (event.asks && this.requests.askedInText(event.asks, event.id, at)) this.begin(event.asks.request, event.id, at);
  }

  private agentReplies(eventId: string, at: Instant): void {
    const { state } = this;
    for (const clock of this.promised.openClocks(
      'first_response',
      'next_response',
      'periodic_update',
      'update_on_request',
    )) {
      this.book.stop(clock, this.promised.termsOf(clock), at, eventId, 'agent_reply', null);
    }
    this.book.ended.retire(({ endedBy, target }) => endedBy === 'solve' && answeredByReply.has(target));
    // Who writes first has not replied to anybody, however often they write.
    if (state.origin !== 'outbound' || state.requesterHasWritten) state.replied = true;
    state.owed = null;
    if (state.solved === null) this.promised.startCycle('periodic_update', eventId, at, 'agent_reply');
  }

  private requesterWrites(eventId: string, at: Instant): void {
    const { state } = this;
    const first = !state.requesterHasWritten;
    state.requesterHasWritten = true;
    state.requesterWrote = true;
    this.promised.recordStanding(at);
    this.promised.reconsiderPauses(at, eventId, 'requester_answered');
    if (first && state.origin === 'outbound' && !state.replied && state.solved === null) {
      this.promised.startCycle('first_response', eventId, at, 'requester_message');
    }
    if (state.owed !== null) return;
    state.owed = { eventId, at };
    if (state.solved === null) this.promised.startCycle('next_response', eventId, at, 'requester_message');
  }

  private assign(assignee: Assignment, at: Instant, cause: string | null): void {
    const { state } = this;
    const formerTeam = state.assignee.team;
    state.assignee = assignee;
    if (assignee.person !== null && !state.acknowledged) {
      state.acknowledged = true;
      for (const clock of this.promised.openClocks('acknowledgement')) {
        this.book.stop(clock, this.promised.termsOf(clock), at, cause, 'assigned_to_person', null);
      }
      this.book.ended.retire(({ endedBy, target }) => endedBy === 'solve' && target === 'acknowledgement');
    }
    if (assignee.team === formerTeam) return;
    for (const clock of this.promised.openClocks('team_ownership')) {
      this.book.stop(clock, this.promised.termsOf(clock), at, cause, 'left_team', null);
    }
    this.book.ended.retire(({ endedBy, target }) => endedBy === 'solve' && target === 'team_ownership');
    state.stay = assignee.team === null ? null : { eventId: cause ?? CREATION, at };
    if (state.stay) this.promised.startCycle('team_ownership', state.stay.eventId, at, 'assigned_to_team');
  }

  private changeStatus(status: TicketStatus, at: Instant, cause: string | null): void {
    const { state } = this;
    if (status.name === state.status.name && status.category === state.status.category) return;
    const isSolved = status.category === 'solved' || status.category === 'closed';
    const wasSolved = state.solved !== null;
    state.status = status;
    state.requesterWrote = false;
    if (isSolved) {
      state.solved = { at: state.solved?.at ?? at, eventId: cause ?? CREATION, closed: status.category === 'closed' };
      // Reopened, it takes its turn as others do.
      if (state.outOfTurn) state.outOfTurn = null;
    } else {
      state.solved = null;
    }
    this.promised.recordStanding(at);
    if (isSolved) {
      if (!wasSolved) this.endBySolving(at, cause);
      this.stopSolved(status, at, cause);
      if (state.solved?.closed) this.cancelUnanswered(at, cause);
      return;
    }
    if (wasSolved) this.promised.reopen(at, cause);
    this.promised.reconsiderPauses(at, cause, 'wait_over');
  }

  /** Solving ends what asks for more work; an unanswered first response waits for the reopen window (SLA-SEMANTICS §10). */
  private endBySolving(at: Instant, cause: string | null): void {
    for (const clock of this.promised.openClocks(
      'next_response',
      'periodic_update',
      'update_on_request',
      'acknowledgement',
    )) {
      this.book.cancel(clock, this.promised.termsOf(clock), at, cause, 'solved', 'solve');
    }
    for (const clock of this.promised.openClocks('first_response'))
      this.book.pause(clock, this.promised.termsOf(clock), at, cause, 'solved');
  }

  /** A resolution is kept by the statuses its promise names; a team's stay ends with it. */
  private stopSolved(status: TicketStatus, at: Instant, cause: string | null): void {
    for (const clock of this.promised.openClocks('resolution', 'team_ownership')) {
      const terms = this.promised.termsOf(clock);
      if (terms.solvedBy(status)) this.book.stop(clock, terms, at, cause, 'solved', 'solve');
    }
  }

  private leave(kind: 'merged' | 'deleted', at: Instant, eventId: string): void {
    this.state.gone = { kind, at, eventId };
    this.promised.recordStanding(at);
    for (const clock of this.promised.openClocks())
      this.book.cancel(clock, this.promised.termsOf(clock), at, eventId, kind, 'gone');
  }

  private takeMerge({ id, ticket, data }: Extract<TicketEvent, { type: 'ticket.merged' }>, at: Instant): void {
    // Whoever keeps its id in another system is linked with nothing here.
    if (data.transfer && data.into !== ticket) {
      this.state.transferred = { ticket: data.into, at, eventId: id, kind: 'transferred' };
    }
    this.leave('merged', at, id);
  }

  private restore(at: Instant, eventId: string): void {
    const { state } = this;
    state.gone = null;
    delete state.transferred;
    this.promised.recordStanding(at);
    this.promised.restore(at, eventId);
  }

  private takeChange(event: TicketEvent, at: Instant, timeline: Timeline): void {
    const { state } = this;
    const patch = timeline.attributeChanges.get(event.id);
    if (patch) state.attributes = mergeAttributes(state.attributes, patch);
    if (event.type === 'ticket.fields.changed') this.takeLinks(event, at);
    this.takeDecisions(event.id, at, timeline.decisions);
    this.promised.bringUpToDate(at, event.id, 'promised');
    const believed = timeline.believedBefore.get(event.id);
    const isSaid = timeline.decisions.priorities.get(event.id)?.corrected ?? false;
    if (believed !== undefined && !isSaid) this.promised.sayCorrected(believed, at, event.id);
  }

  private takeLinks(event: Parameters<typeof namedAfter>[1], at: Instant): void {
    const related = namedAfter(this.state.related ?? [], event, at);
    if (related.length > 0) this.state.related = related;
    else delete this.state.related;
  }

  private takeDecisions(eventId: string, at: Instant, decisions: DecisionTimeline): void {
    const exclusion = decisions.exclusions.get(eventId);
    if (exclusion) this.state.exclusion = exclusion.exclusion;
    const decision = decisions.priorities.get(eventId);
    if (!decision) return;
    this.decided = decision.priority;
    this.state.priority = this.inForce.named(decision.priority, this.state);
    if (!decision.corrected) return;
    for (const clock of this.promised.openClocks())
      this.book.sayCorrected(clock, this.promised.termsOf(clock), at, eventId);
  }

  private reopenWindowEnd(): Instant | null {
    const { solved, replied, gone, clocks } = this.state;
    if (solved === null || replied || gone !== null) return null;
    const waiting = clocks.find((clock) => clock.target === 'first_response' && clock.phase === 'paused');
    return waiting ? Math.max(solved.at + this.policy.reopenWindowMs, waiting.since) : null;
  }

  private cancelUnanswered(at: Instant, cause: string | null): void {
    for (const clock of this.promised.openClocks('first_response')) {
      this.book.cancel(clock, this.promised.termsOf(clock), at, cause, 'solved_without_reply', 'solve');
    }
  }
}

/** A ticket that is gone comes back by a restoration; a deleted one also by being created again. */
function restores({ type }: TicketEvent, gone: 'merged' | 'deleted'): boolean {
  return type === 'ticket.restored' || (type === 'ticket.created' && gone === 'deleted');
}

/** How recent a crossing must be for its warning to be news, ms (SLA-SEMANTICS §4). */
const WARNING_IS_NEWS_MS = 15 * 60_000;

/** Targets that any public reply of an agent settles, also while the ticket is solved. */
const answeredByReply = new Set<ClockState['target']>([
  'first_response',
  'next_response',
  'periodic_update',
  'update_on_request',
]);
