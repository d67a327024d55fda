import { type Assignment, type Horizon, type Instant, type TicketEvent, type TicketStatus } from '@punctual/contracts';
import type { CompiledPolicy, PromiseTerms, Resolution } from '@punctual/policy';
import type { WorkingCalendar } from '@punctual/working-time';
import { ClockBook, TimelineNeeded } from './clock-book.js';
import type { Run } from './clock.js';
import type { ClockState, TicketState } from './ticket-state.js';
import { attributesSetBy, eventKey, mergeAttributes, type DecisionTimeline, type Timeline } from './timeline.js';

/**
 * A ticket's life as promises see it. Events are applied in their order; before each, time fires what was due before its instant, so a
 * reply at the deadline still keeps the promise.
 *
 *     created ──▶ open ⇄ waiting ──▶ solved ──▶ closed        merged, deleted: gone until restored
 *                  ▲                    │
 *                  └──── reopened ──────┘
 *
 * What starts, stops and pauses each target is SLA-SEMANTICS §3, §4 and §10; each rule stands in one method below.
 */
export class TicketFold {
  readonly book: ClockBook;
  private resolution: Resolution | null = null;
  /** How the ticket stood from when on; kept with the past, to count a promise made later from its start. */
  private readonly standing: { at: Instant; status: TicketStatus; requesterWrote: boolean; out: boolean }[] | null;

  constructor(
    readonly state: TicketState,
    private readonly policy: CompiledPolicy,
    fromStart: boolean,
  ) {
    this.book = new ClockBook(state, policy.version, fromStart);
    this.standing = fromStart ? [] : null;
    if (!fromStart && state.covered !== null) this.resolution = this.resolve();
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
    state.exclusion = decisions.initialExclusion;
    if (event) state.lastKey = eventKey(event);
    this.recordStanding(at);
    this.takeResolution(at, cause, 'created');
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
    if (state.gone !== null) {
      if (event.type === 'ticket.restored' || event.type === 'ticket.created') this.restore(at, event.id);
      return;
    }
    switch (event.type) {
      case 'ticket.created':
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
        if (event.data.request === 'update') this.startCycle('update_on_request', event.id, at, 'update_requested');
        return;
      case 'ticket.status.changed':
        return this.changeStatus(event.data.status, at, event.id);
      case 'ticket.merged':
        return this.leave('merged', at, event.id);
      case 'ticket.deleted':
        return this.leave('deleted', at, event.id);
    }
  }

  /** Lets time pass: everything due strictly before `limit` happens, in the order of instants. */
  fireBefore(limit: Instant): void {
    for (;;) {
      const next = this.book.next();
      const closing = this.reopenWindowEnd();
      if (closing !== null && closing < limit && (next === null || closing < next.at)) {
        this.cancelUnanswered(closing, null);
        this.state.lastFiredAt = closing;
        continue;
      }
      if (next === null || next.at >= limit) return;
      this.book.fire(next.clock, this.termsOf(next.clock), next.at);
      this.state.lastFiredAt = next.at;
    }
  }

  /** The instant at which time will next change something; null where nothing is ahead. */
  nextInstant(): Instant | null {
    const next = this.book.next()?.at ?? null;
    const closing = this.reopenWindowEnd();
    if (next === null) return closing;
    return closing === null ? next : Math.min(next, closing);
  }

  /** Warnings worth saying at the horizon: the clock still runs unbroken, the crossing is recent and no higher one was crossed. */
  sayWarnings(horizon: Horizon, crossedSince: ReadonlyMap<ClockState, number>): void {
    for (const clock of this.state.clocks) {
      const latest = clock.crossed.at(-1);
      if (latest === undefined || clock.phase !== 'running' || clock.breachedAt !== null) continue;
      if (clock.crossed.length <= (crossedSince.get(clock) ?? 0)) continue;
      const terms = this.termsOf(clock);
      const isWarning = terms.warnings.some(({ label }) => label === latest.label);
      if (isWarning && horizon.duesBefore - latest.at <= WARNING_IS_NEWS_MS) this.book.sayWarning(clock, terms, latest);
    }
  }

  /** The terms an open clock runs under; a clock without any is cancelled the moment its promise goes. */
  termsOf(clock: ClockState): PromiseTerms {
    const terms = this.promise(clock.promise);
    if (!terms) throw new Error(`no terms for promise '${clock.promise}' of an open clock`);
    return terms;
  }

  /** A calendar of the policy by the name segments carry. */
  calendarNamed(name: string): WorkingCalendar | undefined {
    return [...this.policy.calendars.values()].find((calendar) => calendar.name === name);
  }

  private takeMessage(event: Extract<TicketEvent, { type: 'ticket.message.added' }>, at: Instant): void {
    const { actor, visibility, autoReply } = event.data;
    if (visibility === 'internal' || actor.role === 'system') return;
    if (actor.role === 'bot' && !this.policy.countsBots) return;
    if (autoReply && !this.policy.countsAutoReplies) return;
    if (actor.role === 'requester' || actor.role === 'participant') this.requesterWrites(event.id, at);
    else this.agentReplies(event.id, at);
  }

  private agentReplies(eventId: string, at: Instant): void {
    const { state } = this;
    for (const clock of this.openClocks('first_response', 'next_response', 'periodic_update', 'update_on_request')) {
      this.book.stop(clock, this.termsOf(clock), at, eventId, 'agent_reply', null);
    }
    this.book.retire(({ endedBy, target }) => endedBy === 'solve' && answeredByReply.has(target));
    state.replied = true;
    state.owed = null;
    if (state.solved === null) this.startCycle('periodic_update', eventId, at, 'agent_reply');
  }

  private requesterWrites(eventId: string, at: Instant): void {
    const { state } = this;
    const first = !state.requesterHasWritten;
    state.requesterHasWritten = true;
    state.requesterWrote = true;
    this.recordStanding(at);
    this.reconsiderPauses(at, eventId, 'requester_answered');
    if (first && state.origin === 'outbound' && !state.replied && state.solved === null) {
      this.startCycle('first_response', eventId, at, 'requester_message');
    }
    if (state.owed !== null) return;
    state.owed = { eventId, at };
    if (state.solved === null) this.startCycle('next_response', eventId, at, 'requester_message');
  }

  private assign(assignee: Assignment, at: Instant, cause: string | null): void {
    const { state } = this;
    const formerTeam = state.assignee.team;
    state.assignee = assignee;
    if (assignee.person !== null && !state.acknowledged) {
      state.acknowledged = true;
      for (const clock of this.openClocks('acknowledgement')) {
        this.book.stop(clock, this.termsOf(clock), at, cause, 'assigned_to_person', null);
      }
      this.book.retire(({ endedBy, target }) => endedBy === 'solve' && target === 'acknowledgement');
    }
    if (assignee.team === formerTeam) return;
    for (const clock of this.openClocks('team_ownership')) {
      this.book.stop(clock, this.termsOf(clock), at, cause, 'left_team', null);
    }
    this.book.retire(({ endedBy, target }) => endedBy === 'solve' && target === 'team_ownership');
    state.stay = assignee.team === null ? null : { eventId: cause ?? CREATION, at };
    if (state.stay) this.startCycle('team_ownership', state.stay.eventId, at, 'assigned_to_team');
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
    } else {
      state.solved = null;
    }
    this.recordStanding(at);
    if (isSolved) {
      if (!wasSolved) this.endBySolving(at, cause);
      this.stopSolved(status, at, cause);
      if (state.solved?.closed) this.cancelUnanswered(at, cause);
      return;
    }
    if (wasSolved) this.reopen(at, cause);
    this.reconsiderPauses(at, cause, 'wait_over');
  }

  /** Solving ends what asks for more work; an unanswered first response waits for the reopen window (SLA-SEMANTICS §10). */
  private endBySolving(at: Instant, cause: string | null): void {
    for (const clock of this.openClocks('next_response', 'periodic_update', 'update_on_request', 'acknowledgement')) {
      this.book.cancel(clock, this.termsOf(clock), at, cause, 'solved', 'solve');
    }
    for (const clock of this.openClocks('first_response'))
      this.book.pause(clock, this.termsOf(clock), at, cause, 'solved');
  }

  /** A resolution is kept by the statuses its promise names; a team's stay ends with it. */
  private stopSolved(status: TicketStatus, at: Instant, cause: string | null): void {
    for (const clock of this.openClocks('resolution', 'team_ownership')) {
      const terms = this.termsOf(clock);
      if (terms.solvedBy(status)) this.book.stop(clock, terms, at, cause, 'solved', 'solve');
    }
  }

  private reopen(at: Instant, cause: string | null): void {
    const { state } = this;
    for (const clock of state.clocks.filter(({ endedBy }) => endedBy === 'solve')) {
      const terms = this.promise(clock.promise);
      if (!terms || terms.reopen === 'newCycle') {
        this.book.retire((other) => other === clock);
        if (terms && clock.target === 'resolution') this.startPromise(terms, cause ?? CREATION, at, 'reopened');
      } else {
        this.book.revive(clock, terms, at, cause, 'reopened', this.pauseReason(terms));
      }
    }
    for (const terms of this.resolution?.covered ? this.resolution.promises : []) {
      if (state.cycles[terms.id] === undefined) this.startPresent(terms, at, cause, 'reopened');
    }
    if (state.owed !== null) this.startCycle('next_response', cause ?? CREATION, at, 'reopened');
    if (state.stay !== null) this.startCycle('team_ownership', cause ?? CREATION, at, 'reopened');
  }

  private leave(kind: 'merged' | 'deleted', at: Instant, eventId: string): void {
    this.state.gone = { kind, at, eventId };
    this.recordStanding(at);
    for (const clock of this.openClocks()) this.book.cancel(clock, this.termsOf(clock), at, eventId, kind, 'gone');
  }

  private restore(at: Instant, eventId: string): void {
    const { state } = this;
    state.gone = null;
    this.recordStanding(at);
    for (const clock of state.clocks.filter(({ endedBy }) => endedBy === 'gone')) {
      const terms = this.termsOf(clock);
      this.book.revive(clock, terms, at, eventId, 'restored', this.pauseReason(terms, clock));
    }
  }

  private takeChange(event: TicketEvent, at: Instant, timeline: Timeline): void {
    const { state } = this;
    const patch = timeline.attributeChanges.get(event.id) ?? (this.standing ? {} : attributesSetBy(event));
    state.attributes = mergeAttributes(state.attributes, patch);
    this.takeDecisions(event.id, at, timeline.decisions);
    this.takeResolution(at, event.id, 'promised');
  }

  private takeDecisions(eventId: string, at: Instant, decisions: DecisionTimeline): void {
    const exclusion = decisions.exclusions.get(eventId);
    if (exclusion) this.state.exclusion = exclusion.exclusion;
    const decision = decisions.priorities.get(eventId);
    if (!decision) return;
    this.state.priority = decision.priority;
    if (!decision.corrected) return;
    for (const clock of this.openClocks()) this.book.sayCorrected(clock, this.termsOf(clock), at, eventId);
  }

  /** Asks the policy what applies now, and brings the clocks to it (SLA-SEMANTICS §5). */
  private takeResolution(at: Instant, cause: string | null, reasonCode: string): void {
    const { state } = this;
    const former = this.resolution;
    const now = this.resolve();
    if (now === former) return;
    const formerTerms = new Map(former?.covered ? former.promises.map((terms) => [terms.id, terms]) : []);
    for (const clock of [...state.clocks]) {
      const terms = this.promise(clock.promise, now);
      const before = formerTerms.get(clock.promise) ?? null;
      const open = clock.phase === 'running' || clock.phase === 'paused';
      if (!terms) {
        if (open) this.book.cancel(clock, before, at, cause, now.covered ? 'no_promise' : now.code, null);
        else this.book.retire((other) => other === clock);
      } else if (open && before) {
        if (terms === before) this.book.rename(clock);
        else this.book.retarget(clock, terms, before, at, cause);
      }
    }
    this.resolution = now;
    if (state.covered !== now.covered) this.sayCoverage(now, at, cause);
    if (!now.covered) return;
    for (const terms of now.promises) if (!formerTerms.has(terms.id)) this.startPresent(terms, at, cause, reasonCode);
    this.reconsiderPauses(at, cause, 'wait_over');
  }

  private sayCoverage(resolution: Resolution, at: Instant, cause: string | null): void {
    this.state.covered = resolution.covered;
    if (resolution.covered)
      this.book.sayOfTicket(
        'sla.ticket.covered',
        at,
        cause,
        'covered',
        'The policy promises something for this ticket',
      );
    else this.book.sayOfTicket('sla.ticket.not_covered', at, cause, resolution.code, resolution.reason);
  }

  /**
   * Starts a promise that newly applies, from where its target naturally starts, if it still has something to ask. A solved ticket asks
   * nothing; its reopening comes here again.
   */
  private startPresent(terms: PromiseTerms, at: Instant, cause: string | null, reasonCode: string): void {
    const { state } = this;
    const createdAt = state.createdAt ?? at;
    const key = state.createdId ?? CREATION;
    if (state.gone !== null || state.solved !== null) return;
    switch (terms.target) {
      case 'first_response':
        if (state.origin !== 'outbound' && !state.replied)
          this.startSince(terms, key, createdAt, at, cause, reasonCode);
        return;
      case 'acknowledgement':
        if (!state.acknowledged) this.startSince(terms, key, createdAt, at, cause, reasonCode);
        return;
      case 'resolution':
        this.startSince(terms, key, createdAt, at, cause, reasonCode);
        return;
      case 'next_response':
        if (createdAt === at && terms.fromCreation && state.origin !== 'outbound' && state.owed === null) {
          state.owed = { eventId: key, at };
        }
        if (state.owed) this.startSince(terms, state.owed.eventId, state.owed.at, at, cause, reasonCode);
        return;
      case 'team_ownership':
        if (state.stay) this.startSince(terms, state.stay.eventId, state.stay.at, at, cause, reasonCode);
        return;
      case 'periodic_update':
      case 'update_on_request':
        return;
    }
  }

  private startSince(
    terms: PromiseTerms,
    key: string,
    since: Instant,
    at: Instant,
    cause: string | null,
    reasonCode: string,
  ): void {
    if (since >= at || terms.retarget !== 'fromStart') {
      const clock = this.book.start(terms, key, at, at, cause, reasonCode);
      return this.pauseIfDue(clock, terms, at, cause);
    }
    if (!this.standing) throw new TimelineNeeded();
    const clock = this.book.start(terms, key, since, at, cause, reasonCode, this.runsUnder(terms, since, at));
    this.pauseIfDue(clock, terms, at, cause);
  }

  private startCycle(target: ClockState['target'], key: string, at: Instant, reasonCode: string): void {
    if (this.state.solved !== null || !this.resolution?.covered) return;
    for (const terms of this.resolution.promises) {
      if (terms.target === target && !this.openClocks(target).some(({ promise }) => promise === terms.id)) {
        this.startPromise(terms, key, at, reasonCode);
      }
    }
  }

  private startPromise(terms: PromiseTerms, key: string, at: Instant, reasonCode: string): void {
    const clock = this.book.start(terms, key, at, at, key === CREATION ? null : key, reasonCode);
    this.pauseIfDue(clock, terms, at, key === CREATION ? null : key);
  }

  private pauseIfDue(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null): void {
    const reason = this.pauseReason(terms, clock);
    if (reason !== null) this.book.pause(clock, terms, at, cause, reason);
  }

  private reconsiderPauses(at: Instant, cause: string | null, resumeReason: string): void {
    for (const clock of this.openClocks()) {
      const terms = this.termsOf(clock);
      const reason = this.pauseReason(terms, clock);
      if (reason !== null) this.book.pause(clock, terms, at, cause, reason);
      else if (clock.phase === 'paused') this.book.resume(clock, terms, at, cause, resumeReason);
    }
  }

  /** Why a promise is paused as the ticket stands; null where it runs. Solving pauses only a first response. */
  private pauseReason(terms: PromiseTerms, clock: ClockState | null = null): string | null {
    const { status, requesterWrote, solved } = this.state;
    if (solved !== null) return clock?.target === 'first_response' ? 'solved' : null;
    if (!terms.pausesIn(status, requesterWrote)) return null;
    return status.category === 'open' ? status.name : status.category;
  }

  /** The stretches of `[since, at)` in which a promise under these terms would have counted. */
  private runsUnder(terms: PromiseTerms, since: Instant, at: Instant): Run[] {
    const runs: Run[] = [];
    const standing = this.standing ?? [];
    standing.forEach(({ at: from, status, requesterWrote, out }, index) => {
      const to = Math.min(standing[index + 1]?.at ?? at, at);
      const begin = Math.max(from, since);
      if (begin >= to || out || terms.pausesIn(status, requesterWrote)) return;
      const last = runs.at(-1);
      if (last?.to === begin) runs[runs.length - 1] = { from: last.from, to };
      else runs.push({ from: begin, to });
    });
    return runs;
  }

  private recordStanding(at: Instant): void {
    const { status, requesterWrote, solved, gone } = this.state;
    this.standing?.push({ at, status, requesterWrote, out: solved !== null || gone !== null });
  }

  private reopenWindowEnd(): Instant | null {
    const { solved, replied, gone, clocks } = this.state;
    if (solved === null || replied || gone !== null) return null;
    const waiting = clocks.find((clock) => clock.target === 'first_response' && clock.phase === 'paused');
    return waiting ? Math.max(solved.at + this.policy.reopenWindowMs, waiting.since) : null;
  }

  private cancelUnanswered(at: Instant, cause: string | null): void {
    for (const clock of this.openClocks('first_response')) {
      this.book.cancel(clock, this.termsOf(clock), at, cause, 'solved_without_reply', 'solve');
    }
  }

  private openClocks(...targets: readonly ClockState['target'][]): ClockState[] {
    return this.state.clocks.filter(
      ({ phase, target }) =>
        (phase === 'running' || phase === 'paused') && (targets.length === 0 || targets.includes(target)),
    );
  }

  private promise(id: string, resolution: Resolution | null = this.resolution): PromiseTerms | undefined {
    return resolution?.covered ? resolution.promises.find((terms) => terms.id === id) : undefined;
  }

  private resolve(): Resolution {
    return this.policy.resolve(this.state.attributes, this.state.priority, this.state.exclusion);
  }
}

/** How recent a crossing must be for its warning to be news, ms (SLA-SEMANTICS §4). */
const WARNING_IS_NEWS_MS = 15 * 60_000;

/** The cycle key where no event made the ticket known, only claims. */
const CREATION = '~creation';

/** Targets that any public reply of an agent settles, also while the ticket is solved. */
const answeredByReply = new Set<ClockState['target']>([
  'first_response',
  'next_response',
  'periodic_update',
  'update_on_request',
]);
