import type { Instant, SlaEventType } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { BrokenClocks, type BrokenBefore } from './broken-before.js';
import type { Word } from './clock-draft.js';
import { PastRecorder, TimelineNeeded } from './clock-past.js';
import { account, retarget, schedule, thresholdsOf, workTarget, type Run } from './clock.js';
import type { Draft } from './draft.js';
import { EndedClocks } from './ended-clocks.js';
import { Sayings } from './sayings.js';
import type { ClockState, TicketState } from './ticket-state.js';
import { WaivedBreaches } from './waived-breaches.js';
import { takeAwaited } from './waiver.js';

/**
 * The life of a ticket's clocks during a fold: each start, pause, stop and retarget goes through here, is counted and is said (`said`). What
 * time does to them stands in `ClockTimer`. `past` is kept only when the fold began at the ticket's start.
 */
export class ClockBook {
  readonly ended: EndedClocks;
  readonly said: Sayings;
  readonly waived: WaivedBreaches;
  readonly broken: BrokenClocks;
  readonly past: PastRecorder | null;

  constructor(
    private readonly state: TicketState,
    fromStart: boolean,
    brokenBefore: readonly BrokenBefore[] = [],
  ) {
    this.ended = new EndedClocks(state);
    this.said = new Sayings(state, this.ended);
    this.waived = new WaivedBreaches(state, this.said);
    this.broken = new BrokenClocks(brokenBefore);
    this.past = fromStart ? new PastRecorder(state.policyVersion) : null;
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
    this.state.cycles = { ...this.state.cycles, [terms.id]: cycle };
    const { targetMs, fixedDueAt } = workTarget(terms, startedAt);
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
      targetMs,
      fixedDueAt,
      floor: startedAt < at ? at : null,
      dueAt: null,
      breachedAt: null,
      elapsedAtBreach: null,
      breachKey: null,
      waiver: takeAwaited(this.state, terms.id, (awaiting) => awaiting.cycle === cycle),
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
    this.broken.expect(clock);
    this.past?.begin(clock, terms, at, cause, reasonCode, runsBefore);
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
    if (endedBy === null) this.ended.retire((other) => other === clock);
  }

  /** Nothing is promised any more. `sentence` says why, in place of the words for the code. */
  cancel(
    clock: ClockState,
    terms: PromiseTerms | null,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    endedBy: 'solve' | 'gone' | null,
    sentence: string | null = null,
  ): void {
    if (terms) this.count(clock, terms, at, cause, reasonCode);
    clock.phase = 'cancelled';
    clock.reason = reasonCode;
    clock.since = at;
    clock.stoppedAt = at;
    clock.endedBy = endedBy;
    clock.dueAt = clock.breachedAt;
    clock.nextThreshold = null;
    clock.verdictKey = this.say(clock, terms, 'sla.clock.cancelled', at, cause, reasonCode, sentence);
    if (endedBy === null) this.ended.retire((other) => other === clock);
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
    const away = { from: clock.since, to: at, countedMs: 0 };
    this.past?.close(clock, terms, away, 'paused', cause, reasonCode);
    this.said.touch(clock);
    clock.since = at;
    clock.stoppedAt = null;
    clock.endedBy = null;
    clock.verdictKey = null;
    clock.fixedDueAt = null;
    clock.phase = 'paused';
    clock.reason = pausedFor ?? clock.reason;
    if (verdictKey !== null) {
      const word = { type: 'sla.clock.retracted', at, cause, reasonCode, threshold: null } as const;
      this.said.takeBack(clock, terms, { key: verdictKey, type: `sla.clock.${type}` }, word);
    }
    if (pausedFor === null) this.resume(clock, terms, at, cause, reasonCode);
    else schedule(clock, terms);
  }

  /** Puts an open clock under other terms. One that is broken already is judged: its lateness goes on counting in the new hours. */
  retarget(clock: ClockState, terms: PromiseTerms, formerTerms: PromiseTerms, at: Instant, cause: string | null): void {
    if (clock.breachedAt !== null) return this.count(clock, formerTerms, at, cause, 'retargeted');
    if (!this.past) throw new TimelineNeeded();
    if (clock.phase === 'paused') this.endStretch(clock, formerTerms, at);
    else this.count(clock, formerTerms, at, cause, 'retargeted');
    const before = clock.elapsed;
    retarget(clock, terms, at, this.past.of(clock).runs);
    clock.priority = this.state.priority;
    this.past.recount(clock, terms, at, clock.elapsed - before, cause);
    this.say(clock, terms, 'sla.clock.retargeted', at, cause, 'retargeted');
  }

  /** The version in force becomes another: what clocks counted so far, they counted under the former. */
  turnTo(policyVersion: string): void {
    this.state.policyVersion = policyVersion;
    if (this.past) this.past.policyVersion = policyVersion;
  }

  /** Closes the present stretch of a clock that goes on as before. */
  endStretch(clock: ClockState, terms: PromiseTerms, at: Instant): void {
    if (!this.past) throw new TimelineNeeded();
    const { begunBy, reason } = this.past.of(clock);
    this.count(clock, terms, at, begunBy, reason);
  }

  /** Whether a clock breaks when it broke under a former priority. */
  breaksAsBefore(clock: ClockState): boolean {
    return this.broken.of(clock) !== undefined;
  }

  /** The same terms at another priority: only the name changes. A broken clock counts under the priority it broke under. */
  rename(clock: ClockState): void {
    if (clock.priority === this.state.priority || clock.breachedAt !== null) return;
    clock.priority = this.state.priority;
    this.said.touch(clock);
  }

  /** Says that a clock runs under a correction that was already counted from the start. */
  sayCorrected(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null): void {
    this.say(clock, terms, 'sla.clock.retargeted', at, cause, 'corrected');
  }

  /** The clock of a promise and cycle, also where it is over; null where there is none. */
  clockOf(of: { readonly promise: string | null; readonly cycle: number | null }): ClockState | null {
    const isIt = ({ promise, cycle }: ClockState): boolean => promise === of.promise && cycle === of.cycle;
    return this.state.clocks.find(isIt) ?? this.ended.clocks.find(isIt) ?? null;
  }

  /** Says an answer to an escalation: of the clock whose step it is, or of the ticket where it was asked for. */
  sayAnswer(clock: ClockState | null, terms: PromiseTerms | null, word: Word & { readonly reason: string }): void {
    if (clock) this.said.ofClock(clock, terms, word);
    else this.said.ofTicket(word, word.reason);
  }

  /** Something about the ticket rather than a clock. */
  sayOfTicket(
    type: SlaEventType,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    reason: string,
    refusal: Draft['refusal'] = null,
  ): void {
    this.said.ofTicket({ type, at, cause, reasonCode, threshold: null, refusal }, reason);
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
    this.said.touch(clock);
  }

  /** Counts a clock up to `at`, closing its present stretch; the next one begins for `reasonCode`. */
  count(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null, reasonCode: string): void {
    const { since, phase, elapsed } = clock;
    account(clock, terms, at);
    this.said.touch(clock);
    const stretch = { from: since, to: at, countedMs: clock.elapsed - elapsed };
    this.past?.close(clock, terms, stretch, phase === 'running' ? 'running' : 'paused', cause, reasonCode);
  }

  /** Says something of a clock; the content key under which it was said. */
  private say(
    clock: ClockState,
    terms: PromiseTerms | null,
    type: SlaEventType,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    sentence: string | null = null,
  ): string {
    const word = { type, at, cause, reasonCode, threshold: null };
    return this.said.ofClock(clock, terms, sentence === null ? word : { ...word, reason: sentence });
  }
}
