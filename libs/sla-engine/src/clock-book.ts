import type { Instant, SlaEventType } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { BrokenClocks, copyOf, type BrokenBefore } from './broken-before.js';
import { breachTypeOf, draftOfClock, draftOfTicket, type Word } from './clock-draft.js';
import { PastRecorder, TimelineNeeded } from './clock-past.js';
import { account, nextInstant, retarget, schedule, thresholdsOf, workTarget, type Run } from './clock.js';
import type { Draft, Saying } from './draft.js';
import type { ClockState, TicketState, Waiver } from './ticket-state.js';
import { namesBreach, takeAwaited, waiverSentence } from './waiver.js';

/**
 * The clocks of one ticket during a fold: every change of a clock goes through here, is said (`sayings`) and marked (`touched`).
 * `past` is kept only when the fold began at the ticket's start.
 */
export class ClockBook {
  readonly sayings: Saying[] = [];
  readonly touched = new Set<ClockState>();
  /** The thresholds that clocks crossed during this fold. */
  private readonly crossed: { readonly clock: ClockState; readonly label: string }[] = [];
  /** Clocks that are over for good and left the state, in the order they ended. */
  readonly finished: ClockState[] = [];
  readonly past: PastRecorder | null;
  /** The versions under which clocks left the state. */
  private readonly finishedUnder = new Map<ClockState, string>();
  private readonly broken: BrokenClocks;

  constructor(
    private readonly state: TicketState,
    fromStart: boolean,
    brokenBefore: readonly BrokenBefore[] = [],
  ) {
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
    if (endedBy === null) this.retire((other) => other === clock);
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
    clock.verdictKey = this.say(clock, terms, 'sla.clock.cancelled', at, cause, reasonCode, null, sentence);
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
    const away = { from: clock.since, to: at, countedMs: 0 };
    this.past?.close(clock, terms, away, 'paused', cause, reasonCode);
    this.touched.add(clock);
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

  /** The version a clock runs under, or ran under when it ended for good. */
  versionOf(clock: ClockState): string {
    return this.finishedUnder.get(clock) ?? this.state.policyVersion;
  }

  /** Whether a clock breaks when it broke under a former priority. */
  breaksAsBefore(clock: ClockState): boolean {
    return this.broken.of(clock) !== undefined;
  }

  /** The same terms at another priority: only the name changes. A broken clock counts under the priority it broke under. */
  rename(clock: ClockState): void {
    if (clock.priority === this.state.priority || clock.breachedAt !== null) return;
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
      const at = this.nextInstantOf(clock);
      if (at !== null && (first === null || at < first.at)) first = { clock, at };
    }
    return first;
  }

  /** Lets time do to a clock what is due at `at`: cross a threshold or break the promise. */
  fire(clock: ClockState, terms: PromiseTerms, at: Instant): void {
    const threshold = clock.nextThreshold;
    if (threshold !== null && threshold.at === at) {
      clock.crossed.push(threshold);
      this.crossed.push({ clock, label: threshold.label });
      clock.passed.push(threshold.label);
      this.touched.add(clock);
      const kind = thresholdsOf(terms, clock.targetMs).find(({ label }) => label === threshold.label)?.kind;
      if (kind === 'escalation') this.say(clock, terms, 'sla.escalation.raised', at, null, 'step_due', threshold.label);
      schedule(clock, terms);
      return;
    }
    const before = this.broken.of(clock);
    if (before && before.breach.at === at) return this.breakAsBefore(clock, terms, before);
    this.count(clock, terms, at, null, 'deadline_passed');
    clock.breachedAt = at;
    clock.elapsedAtBreach = clock.elapsed;
    clock.breachKey = this.say(clock, terms, breachTypeOf(clock), at, null, 'deadline_passed');
    this.waiveIfGranted(clock, terms, at);
    schedule(clock, terms);
    clock.dueAt = at;
  }

  /** Whether a clock crossed a threshold during this fold. */
  hasCrossed(clock: ClockState, label: string): boolean {
    return this.crossed.some((crossed) => crossed.clock === clock && crossed.label === label);
  }

  /** Waives what is broken or may yet break; a cycle that is waived already stays so. `terms` are null where none are left. */
  waive(clock: ClockState, terms: PromiseTerms | null, waiver: Waiver, at: Instant): void {
    if (clock.waiver !== null) return;
    clock.waiver = waiver;
    this.touched.add(clock);
    if (clock.breachedAt !== null) this.sayWaived(clock, terms, waiver, at);
  }

  /** Ends the waiver of a cycle: its breach counts again. */
  endWaiver(clock: ClockState, terms: PromiseTerms | null, at: Instant, cause: string): void {
    const saidAs = clock.waiver?.saidAs ?? null;
    clock.waiver = null;
    this.touched.add(clock);
    if (saidAs === null) return;
    const word: Word = { type: 'sla.breach.retracted', at, cause, reasonCode: 'waiver_withdrawn', threshold: null };
    const draft = draftOfClock(this.stateOf(clock), clock, terms, word);
    this.sayings.push({ kind: 'retracts', key: saidAs, type: 'sla.breach.waived', draft });
  }

  /** The clock of a promise and cycle, also where it is over; null where there is none. */
  clockOf(of: { readonly promise: string | null; readonly cycle: number | null }): ClockState | null {
    const isIt = ({ promise, cycle }: ClockState): boolean => promise === of.promise && cycle === of.cycle;
    return this.state.clocks.find(isIt) ?? this.finished.find(isIt) ?? null;
  }

  /** Says an answer to an escalation: of the clock whose step it is, or of the ticket where it was asked for. */
  sayAnswer(clock: ClockState | null, terms: PromiseTerms | null, word: Word & { readonly reason: string }): void {
    const draft = clock
      ? draftOfClock(this.stateOf(clock), clock, terms, word)
      : draftOfTicket(this.state, word, word.reason);
    this.sayings.push({ kind: 'says', draft });
  }

  /** A warning worth saying: the latest threshold crossed by a clock that still runs unbroken. */
  sayWarning(clock: ClockState, terms: PromiseTerms, crossed: { readonly label: string; readonly at: Instant }): void {
    this.say(clock, terms, 'sla.clock.warning', crossed.at, null, 'threshold_crossed', crossed.label);
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
    const word = { type, at, cause, reasonCode, threshold: null, refusal };
    this.sayings.push({ kind: 'says', draft: draftOfTicket(this.state, word, reason) });
  }

  /** Takes in what broke under a former priority and is not promised at all under the corrected one: it ends at the correction. */
  adoptBroken(at: Instant, cause: string): void {
    for (const before of this.broken.takeUnmet()) {
      const cycle = (this.state.cycles[before.clock.promise] ?? 0) + 1;
      this.state.cycles[before.clock.promise] = cycle;
      const { clock, past, sayings, terms } = copyOf(before, cycle);
      this.past?.pasts.set(clock, past);
      this.sayings.push(...sayings);
      this.touched.add(clock);
      this.state.clocks.push(clock);
      const open = clock.phase === 'running' || clock.phase === 'paused';
      if (open) this.cancel(clock, terms, at, cause, 'no_promise', null);
      else this.retire((other) => other === clock);
    }
  }

  /** A breach that stands takes the place of the clock's own deadline. */
  private nextInstantOf(clock: ClockState): Instant | null {
    const before = this.broken.of(clock);
    if (!before || clock.breachedAt !== null) return nextInstant(clock);
    if (clock.phase !== 'running' && clock.phase !== 'paused') return null;
    return Math.min(before.breach.at, clock.nextThreshold?.at ?? Infinity);
  }

  /** Breaks a clock when it broke under the former priority, and says so in the same words; its lateness counts under the present terms. */
  private breakAsBefore(clock: ClockState, terms: PromiseTerms, { clock: former, breach }: BrokenBefore): void {
    const { at } = breach;
    if (at > clock.since) this.count(clock, terms, at, null, clock.reason ?? 'deadline_passed');
    clock.breachedAt = at;
    clock.breachKey = breach.key;
    clock.elapsedAtBreach = clock.elapsed;
    clock.targetMs = clock.elapsed;
    clock.commitment = former.commitment;
    clock.priority = breach.priority;
    for (const { label, elapsedMs } of thresholdsOf(terms, clock.targetMs)) {
      if (elapsedMs < clock.elapsed && !clock.passed.includes(label)) clock.passed.push(label);
    }
    // Its cycle may have had another number before: what broke is found again by the number it has here.
    this.sayings.push({ kind: 'says', draft: { ...breach, cycle: clock.cycle } });
    this.touched.add(clock);
    this.waiveIfGranted(clock, terms, at);
    schedule(clock, terms);
    clock.dueAt = at;
  }

  /** A clock that breaks at `at` may have been waived before. */
  waiveIfGranted(clock: ClockState, terms: PromiseTerms, at: Instant): void {
    const breach = clock.breachKey ?? '';
    clock.waiver ??= takeAwaited(this.state, clock.promise, (awaiting) => namesBreach(awaiting.breach, breach));
    if (clock.waiver !== null) this.sayWaived(clock, terms, clock.waiver, at);
  }

  private sayWaived(clock: ClockState, terms: PromiseTerms | null, waiver: Waiver, at: Instant): void {
    const reason = waiverSentence(waiver);
    const word: Word = {
      type: 'sla.breach.waived',
      at,
      cause: waiver.eventId,
      reasonCode: 'waived',
      threshold: null,
      reason,
    };
    const draft = draftOfClock(this.stateOf(clock), clock, terms, word);
    this.sayings.push({ kind: 'says', draft });
    clock.waiver = { ...waiver, saidAs: draft.key };
  }

  private stateOf(clock: ClockState): TicketState {
    return { ...this.state, policyVersion: this.versionOf(clock) };
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
    const over = this.state.clocks.filter(isOver);
    if (over.length === 0) return;
    for (const clock of over) this.finishedUnder.set(clock, this.state.policyVersion);
    this.finished.push(...over);
    this.state.clocks = this.state.clocks.filter((clock) => !isOver(clock));
  }

  /** Counts a clock up to `at`, closing its present stretch; the next one begins for `reasonCode`. */
  count(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null, reasonCode: string): void {
    const { since, phase, elapsed } = clock;
    account(clock, terms, at);
    this.touched.add(clock);
    const stretch = { from: since, to: at, countedMs: clock.elapsed - elapsed };
    this.past?.close(clock, terms, stretch, phase === 'running' ? 'running' : 'paused', cause, reasonCode);
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
    const word = { type: 'sla.clock.retracted', at, cause, reasonCode, threshold: null } as const;
    this.sayings.push({ kind: 'retracts', key, type, draft: draftOfClock(this.state, clock, terms, word) });
  }

  /** Says something of a clock; the content key under which it was said. */
  private say(
    clock: ClockState,
    terms: PromiseTerms | null,
    type: SlaEventType,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    threshold: string | null = null,
    sentence: string | null = null,
  ): string {
    const word = { type, at, cause, reasonCode, threshold, ...(sentence === null ? {} : { reason: sentence }) };
    const draft = draftOfClock(this.state, clock, terms, word);
    this.sayings.push({ kind: 'says', draft });
    this.touched.add(clock);
    return draft.key;
  }
}
