import type { Instant, SlaEventType } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { account, elapsedAt, nextInstant, retarget, schedule, thresholdsOf, workTarget, type Run } from './clock.js';
import { contentKey, type Draft, type Saying } from './draft.js';
import { reasonFor, targetNames } from './reasons.js';
import type { ClockState, TicketState } from './ticket-state.js';

/** A stretch of a clock's life as `explain` tells it (SLA-SEMANTICS §8). */
export interface Segment {
  readonly from: Instant;
  readonly to: Instant;
  readonly countedMs: number;
  readonly state: 'running' | 'paused' | 'stopped';
  readonly reason: string;
  readonly calendar: string;
  readonly policyVersion: string;
  /** The event that began the stretch; null where time or the policy did. */
  readonly eventId: string | null;
}

/** What is remembered of clocks while a ticket is folded from its start, and not kept afterwards. */
export interface ClockPast {
  readonly runs: Run[];
  readonly segments: Segment[];
  /** What began the present stretch. */
  begunBy: string | null;
  reason: string;
}

/** Thrown inside a continued fold where the past is needed after all; `continueTicket` turns it into a value. */
export class TimelineNeeded extends Error {
  override readonly name = 'TimelineNeeded';
}

/**
 * The clocks of one ticket during a fold: every change of a clock goes through here, is said (`sayings`) and marked (`touched`).
 * `past` is kept only when the fold began at the ticket's start.
 */
export class ClockBook {
  readonly sayings: Saying[] = [];
  readonly touched = new Set<ClockState>();
  /** Clocks that are over for good and left the state, in the order they ended. */
  readonly finished: ClockState[] = [];
  readonly past: Map<ClockState, ClockPast> | null;

  constructor(
    private readonly state: TicketState,
    private readonly policyVersion: string,
    fromStart: boolean,
  ) {
    this.past = fromStart ? new Map() : null;
  }

  /** Starts a cycle of a promise. `startedAt` may lie before `at`: a promise made later counts from the start it names. */
  start(
    terms: PromiseTerms,
    cycleKey: string,
    startedAt: Instant,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    runsBefore: readonly Run[] = [],
  ): ClockState {
    const cycle = (this.state.cycles[terms.id] ?? 0) + 1;
    this.state.cycles[terms.id] = cycle;
    const clock: ClockState = {
      promise: terms.id,
      target: terms.target,
      commitment: terms.commitment,
      cycle,
      cycleKey,
      priority: this.state.priority,
      startedAt,
      phase: 'running',
      reason: null,
      since: at,
      elapsed: runsBefore.reduce((sum, run) => sum + terms.calendar.worked(run.from, run.to), 0),
      ...workTarget(terms, startedAt),
      floor: startedAt < at ? at : null,
      dueAt: null,
      breachedAt: null,
      elapsedAtBreach: null,
      stoppedAt: null,
      endedBy: null,
      verdictKey: null,
      crossed: [],
      passed: [],
      nextThreshold: null,
    };
    const unbroken = runsBefore.length === 1 && runsBefore[0]?.from === startedAt && runsBefore[0].to === at;
    if (startedAt < at && !unbroken) clock.fixedDueAt = null;
    for (const { label, elapsedMs } of thresholdsOf(terms, clock.targetMs)) {
      if (startedAt < at && elapsedMs < clock.elapsed) clock.passed.push(label);
    }
    schedule(clock, terms);
    this.state.clocks.push(clock);
    this.past?.set(clock, {
      runs: [...runsBefore],
      segments: startedAt < at ? [this.segment(startedAt, at, clock.elapsed, 'running', 'promised', terms, cause)] : [],
      begunBy: cause,
      reason: reasonCode,
    });
    this.say(clock, terms, 'sla.clock.started', at, cause, reasonCode);
    return clock;
  }

  pause(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null, reasonCode: string): void {
    if (clock.phase === 'paused') return this.changePauseReason(clock, terms, at, cause, reasonCode);
    this.count(clock, terms, at, cause, reasonCode);
    clock.phase = 'paused';
    clock.reason = reasonCode;
    clock.fixedDueAt = null;
    schedule(clock, terms);
    this.say(clock, terms, 'sla.clock.paused', at, cause, reasonCode);
  }

  resume(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null, reasonCode: string): void {
    this.count(clock, terms, at, cause, reasonCode);
    clock.phase = 'running';
    clock.reason = null;
    schedule(clock, terms);
    this.say(clock, terms, 'sla.clock.resumed', at, cause, reasonCode);
  }

  /** The promise was kept, or is at last: `met` before a breach, `completed` after one and where nothing was promised but measured. */
  stop(
    clock: ClockState,
    terms: PromiseTerms,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    endedBy: 'solve' | null,
  ): void {
    const dueAt = clock.dueAt;
    this.count(clock, terms, at, cause, reasonCode);
    clock.phase = 'stopped';
    clock.reason = reasonCode;
    clock.stoppedAt = at;
    clock.endedBy = endedBy;
    schedule(clock, terms);
    clock.dueAt = clock.breachedAt ?? dueAt;
    const kept = clock.breachedAt === null && clock.targetMs !== null;
    clock.verdictKey = this.say(clock, terms, kept ? 'sla.clock.met' : 'sla.clock.completed', at, cause, reasonCode);
    if (endedBy === null) this.retire((other) => other === clock);
  }

  cancel(
    clock: ClockState,
    terms: PromiseTerms | null,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    endedBy: 'solve' | 'gone' | null,
  ): void {
    if (terms) this.count(clock, terms, at, cause, reasonCode);
    clock.phase = 'cancelled';
    clock.reason = reasonCode;
    clock.since = at;
    clock.stoppedAt = at;
    clock.endedBy = endedBy;
    clock.dueAt = clock.breachedAt;
    clock.nextThreshold = null;
    clock.verdictKey = this.say(clock, terms, 'sla.clock.cancelled', at, cause, reasonCode);
    if (endedBy === null) this.retire((other) => other === clock);
  }

  /** Takes back what ended a clock; the time since counts as paused, and the clock waits for `resume` or stays paused for `pausedFor`. */
  revive(
    clock: ClockState,
    terms: PromiseTerms,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    pausedFor: string | null,
  ): void {
    const verdictKey = clock.verdictKey;
    const type =
      clock.phase === 'cancelled'
        ? 'cancelled'
        : clock.breachedAt === null && clock.targetMs !== null
          ? 'met'
          : 'completed';
    this.closeSegment(clock, terms, at, 'paused', cause, reasonCode, 0);
    clock.since = at;
    clock.stoppedAt = null;
    clock.endedBy = null;
    clock.verdictKey = null;
    clock.fixedDueAt = null;
    clock.phase = 'paused';
    clock.reason = pausedFor ?? clock.reason;
    if (verdictKey !== null) this.takeBack(clock, terms, verdictKey, `sla.clock.${type}`, at, cause, reasonCode);
    if (pausedFor === null) this.resume(clock, terms, at, cause, reasonCode);
    else schedule(clock, terms);
  }

  /** Puts an open clock under other terms. One that is broken already is judged: its lateness goes on counting in the new hours. */
  retarget(clock: ClockState, terms: PromiseTerms, formerTerms: PromiseTerms, at: Instant, cause: string | null): void {
    if (clock.breachedAt !== null) return this.count(clock, formerTerms, at, cause, 'retargeted');
    const past = this.past?.get(clock);
    if (!past) throw new TimelineNeeded();
    this.count(clock, formerTerms, at, cause, 'retargeted');
    const before = clock.elapsed;
    retarget(clock, terms, at, past.runs);
    clock.priority = this.state.priority;
    if (clock.elapsed !== before) {
      past.segments.push(
        this.segment(
          at,
          at,
          clock.elapsed - before,
          clock.phase === 'paused' ? 'paused' : 'running',
          'retargeted',
          terms,
          cause,
        ),
      );
    }
    this.say(clock, terms, 'sla.clock.retargeted', at, cause, 'retargeted');
  }

  /** The same terms at another priority: only the name changes. */
  rename(clock: ClockState): void {
    if (clock.priority === this.state.priority) return;
    clock.priority = this.state.priority;
    this.touched.add(clock);
  }

  /** Says that a clock runs under a correction that was already counted from the start. */
  sayCorrected(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null): void {
    this.say(clock, terms, 'sla.clock.retargeted', at, cause, 'corrected');
  }

  /** The earliest instant at which time changes an open clock, and which. */
  next(): { readonly clock: ClockState; readonly at: Instant } | null {
    let first: { clock: ClockState; at: Instant } | null = null;
    for (const clock of this.state.clocks) {
      const at = nextInstant(clock);
      if (at !== null && (first === null || at < first.at)) first = { clock, at };
    }
    return first;
  }

  /** Lets time do to a clock what is due at `at`: cross a threshold or break the promise. */
  fire(clock: ClockState, terms: PromiseTerms, at: Instant): void {
    const threshold = clock.nextThreshold;
    if (threshold !== null && threshold.at === at) {
      clock.crossed.push(threshold);
      clock.passed.push(threshold.label);
      this.touched.add(clock);
      const kind = thresholdsOf(terms, clock.targetMs).find(({ label }) => label === threshold.label)?.kind;
      if (kind === 'escalation') this.say(clock, terms, 'sla.escalation.raised', at, null, 'step_due', threshold.label);
      schedule(clock, terms);
      return;
    }
    this.count(clock, terms, at, null, 'deadline_passed');
    clock.breachedAt = at;
    clock.elapsedAtBreach = clock.elapsed;
    const type = clock.commitment === 'objective' ? 'sla.clock.missed' : 'sla.clock.breached';
    this.say(clock, terms, type, at, null, 'deadline_passed');
    schedule(clock, terms);
    clock.dueAt = at;
  }

  /** A warning worth saying: the latest threshold crossed by a clock that still runs unbroken. */
  sayWarning(clock: ClockState, terms: PromiseTerms, crossed: { readonly label: string; readonly at: Instant }): void {
    this.say(clock, terms, 'sla.clock.warning', crossed.at, null, 'threshold_crossed', crossed.label);
  }

  /** Something about the ticket rather than a clock. */
  sayOfTicket(type: SlaEventType, at: Instant, cause: string | null, reasonCode: string, reason: string): void {
    const key = contentKey([
      type,
      this.state.source,
      this.state.ticket,
      null,
      null,
      null,
      this.policyVersion,
      at,
      cause,
      reasonCode,
    ]);
    const nothing = {
      promise: null,
      commitment: null,
      target: null,
      cycle: null,
      cycleKey: null,
      startedAt: null,
      dueAt: null,
    };
    const unmeasured = { elapsedMs: null, remainingMs: null, lateMs: null, lateWallMs: null, threshold: null };
    const { customer, plan, tier } = this.state.attributes;
    const draft: Draft = {
      ...nothing,
      ...unmeasured,
      type,
      priority: this.state.priority,
      at,
      cause,
      reasonCode,
      reason,
      attributes: { customer, plan, tier },
      key,
    };
    this.sayings.push({ kind: 'says', draft });
  }

  private changePauseReason(
    clock: ClockState,
    terms: PromiseTerms,
    at: Instant,
    cause: string | null,
    reasonCode: string,
  ): void {
    if (clock.reason === reasonCode) return;
    this.count(clock, terms, at, cause, reasonCode);
    clock.reason = reasonCode;
    this.touched.add(clock);
  }

  /** Lets go of ended clocks that nothing can revive any more; their verdicts stand. */
  retire(isOver: (clock: ClockState) => boolean): void {
    this.finished.push(...this.state.clocks.filter(isOver));
    this.state.clocks = this.state.clocks.filter((clock) => !isOver(clock));
  }

  /** Counts a clock up to `at`, closing its present stretch; the next one begins for `reasonCode`. */
  private count(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null, reasonCode: string): void {
    const before = clock.elapsed;
    const { since, phase } = clock;
    account(clock, terms, at);
    const past = this.past?.get(clock);
    if (past && phase === 'running' && since < at) past.runs.push({ from: since, to: at });
    this.touched.add(clock);
    if (past)
      this.pushSegment(
        past,
        since,
        at,
        clock.elapsed - before,
        phase === 'running' ? 'running' : 'paused',
        terms,
        cause,
        reasonCode,
      );
  }

  private closeSegment(
    clock: ClockState,
    terms: PromiseTerms,
    at: Instant,
    state: Segment['state'],
    cause: string | null,
    reasonCode: string,
    countedMs: number,
  ): void {
    this.touched.add(clock);
    const past = this.past?.get(clock);
    if (past) this.pushSegment(past, clock.since, at, countedMs, state, terms, cause, reasonCode);
  }

  private pushSegment(
    past: ClockPast,
    from: Instant,
    to: Instant,
    countedMs: number,
    state: Segment['state'],
    terms: PromiseTerms,
    nextCause: string | null,
    nextReason: string,
  ): void {
    if (from < to) past.segments.push(this.segment(from, to, countedMs, state, past.reason, terms, past.begunBy));
    past.begunBy = nextCause;
    past.reason = nextReason;
  }

  private segment(
    from: Instant,
    to: Instant,
    countedMs: number,
    state: Segment['state'],
    reason: string,
    terms: PromiseTerms,
    eventId: string | null,
  ): Segment {
    return {
      from,
      to,
      countedMs,
      state,
      reason,
      calendar: terms.calendar.name,
      policyVersion: this.policyVersion,
      eventId,
    };
  }

  private takeBack(
    clock: ClockState,
    terms: PromiseTerms,
    key: string,
    type: SlaEventType,
    at: Instant,
    cause: string | null,
    reasonCode: string,
  ): void {
    const draft = this.draft(clock, terms, 'sla.clock.retracted', at, cause, reasonCode, null);
    this.sayings.push({ kind: 'retracts', key, type, draft });
  }

  private say(
    clock: ClockState,
    terms: PromiseTerms | null,
    type: SlaEventType,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    threshold: string | null = null,
  ): string {
    const draft = this.draft(clock, terms, type, at, cause, reasonCode, threshold);
    this.sayings.push({ kind: 'says', draft });
    this.touched.add(clock);
    return draft.key;
  }

  private draft(
    clock: ClockState,
    terms: PromiseTerms | null,
    type: SlaEventType,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    threshold: string | null,
  ): Draft {
    const elapsedMs = terms ? elapsedAt(clock, terms, at) : clock.elapsed;
    const late = clock.elapsedAtBreach !== null && clock.breachedAt !== null && clock.stoppedAt !== null;
    const { customer, plan, tier } = this.state.attributes;
    const cycleParts = [clock.promise, clock.target, clock.cycleKey];
    const said = threshold === null ? [] : [threshold];
    return {
      type,
      promise: clock.promise,
      commitment: clock.commitment,
      target: clock.target,
      cycle: clock.cycle,
      cycleKey: clock.cycleKey,
      priority: clock.priority,
      at,
      startedAt: clock.startedAt,
      dueAt: clock.breachedAt ?? clock.dueAt,
      elapsedMs,
      remainingMs: clock.targetMs === null ? null : Math.max(0, clock.targetMs - elapsedMs),
      lateMs: late ? elapsedMs - Number(clock.elapsedAtBreach) : null,
      lateWallMs: late ? at - Number(clock.breachedAt) : null,
      cause,
      reasonCode,
      reason: sentence(type, reasonCode, clock, threshold),
      threshold,
      attributes: { customer, plan, tier },
      key: contentKey([
        type,
        this.state.source,
        this.state.ticket,
        ...cycleParts,
        this.policyVersion,
        at,
        cause,
        ...said,
      ]),
    };
  }
}

function sentence(type: SlaEventType, reasonCode: string, clock: ClockState, threshold: string | null): string {
  const name = targetNames[clock.target];
  const what = reasonFor(reasonCode, clock.target);
  switch (type) {
    case 'sla.clock.met':
      return `The ${name} was in time: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
    case 'sla.clock.completed':
      return `The ${name} came${clock.breachedAt === null ? '' : ' late'}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
    case 'sla.clock.warning':
      return `${what} (${threshold ?? ''})`;
    default:
      return what;
  }
}
