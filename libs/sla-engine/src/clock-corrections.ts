import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { ClockBook } from './clock-book.js';
import { breachTypeOf, type Word } from './clock-draft.js';
import { TimelineNeeded, type ClockPast } from './clock-past.js';
import { schedule, thresholdsOf, type Run } from './clock.js';
import type { Draft } from './draft.js';
import { recount, type Recount } from './recount.js';
import type { ClockState, TicketState } from './ticket-state.js';

/**
 * What a version published retroactively does to open clocks: each is counted anew from its start under the new terms, so its deadline may
 * lie before the publication. A breach that existed only under the old version is taken back, and so is what was escalated for it.
 */
export class ClockCorrections {
  constructor(
    private readonly state: TicketState,
    private readonly book: ClockBook,
  ) {}

  /** Puts an open clock under `terms` from its start. `runs`: when it would have counted, up to `at`. */
  correct(clock: ClockState, terms: PromiseTerms, formerTerms: PromiseTerms, at: Instant, runs: readonly Run[]): void {
    const past = this.pastOf(clock);
    this.book.count(clock, formerTerms, at, null, 'retargeted');
    if (clock.breachedAt !== null && this.book.breaksAsBefore(clock)) return;
    const formerly = { at: clock.breachedAt, type: breachTypeOf(clock) };
    const before = clock.elapsed;
    const found = recount(clock, terms, runs, at);
    this.take(clock, found, past, runs);
    clock.commitment = terms.commitment;
    clock.priority = this.state.priority;
    this.book.past?.recount(clock, terms, at, clock.elapsed - before, null);
    const stands = formerly.at === (found.broken?.at ?? null) && formerly.type === breachTypeOf(clock);
    if (!stands) this.takeBreachBack(clock, terms, formerly.type, at);
    this.withdrawEscalations(clock, terms, at);
    clock.breachedAt = found.broken?.at ?? null;
    clock.elapsedAtBreach = found.broken?.elapsed ?? null;
    this.passThresholds(clock, terms);
    schedule(clock, terms);
    if (clock.breachedAt !== null) clock.dueAt = clock.breachedAt;
    const word = { type: 'sla.clock.retargeted', at, cause: null, reasonCode: 'corrected', threshold: null } as const;
    this.book.said.ofClock(clock, terms, word);
    if (!stands && found.broken) this.break(clock, terms, found.broken);
  }

  /**
   * A promise that would have begun before `at`, had the version applied then: no change of circumstances holds its deadline up. One that
   * was promised before, was withdrawn and comes back is judged already up to here.
   */
  begin(clock: ClockState, terms: PromiseTerms, at: Instant, runs: readonly Run[]): void {
    if (
      this.book.ended.clocks.some(({ promise, cycleKey }) => promise === clock.promise && cycleKey === clock.cycleKey)
    )
      return;
    const past = this.pastOf(clock);
    clock.floor = null;
    const found = recount(clock, terms, runs, at);
    this.take(clock, found, past, runs);
    clock.breachedAt = found.broken?.at ?? null;
    clock.elapsedAtBreach = found.broken?.elapsed ?? null;
    this.passThresholds(clock, terms);
    schedule(clock, terms);
    if (clock.breachedAt !== null) clock.dueAt = clock.breachedAt;
    if (found.broken) this.break(clock, terms, found.broken);
  }

  /** Ends an open clock that the version never promised: nothing it broke or escalated stands. */
  end(clock: ClockState, formerTerms: PromiseTerms, at: Instant, reasonCode: string, sentence: string | null): void {
    if (clock.breachedAt === null || !this.book.breaksAsBefore(clock)) {
      this.takeBreachBack(clock, formerTerms, breachTypeOf(clock), at);
      clock.breachedAt = null;
      clock.elapsedAtBreach = null;
    }
    this.withdrawEscalations(clock, null, at);
    this.book.cancel(clock, formerTerms, at, null, reasonCode, null, sentence);
  }

  private take(clock: ClockState, found: Recount, past: ClockPast, runs: readonly Run[]): void {
    clock.elapsed = found.elapsed;
    clock.targetMs = found.targetMs;
    clock.fixedDueAt = clock.phase === 'running' ? found.fixedDueAt : null;
    past.runs.splice(0, past.runs.length, ...runs);
    this.book.said.touch(clock);
  }

  private takeBreachBack(clock: ClockState, terms: PromiseTerms, type: Word['type'], at: Instant): void {
    const { breachKey, waiver } = clock;
    if (breachKey === null) return;
    clock.breachKey = null;
    this.takeBack(clock, terms, breachKey, type, 'sla.clock.retracted', at);
    if (waiver === null || waiver.saidAs === null) return;
    this.takeBack(clock, terms, waiver.saidAs, 'sla.breach.waived', 'sla.breach.retracted', at);
    clock.waiver = { ...waiver, saidAs: null };
  }

  /** Takes back the steps that `terms` have not come to yet; all of them where nothing is promised. */
  private withdrawEscalations(clock: ClockState, terms: PromiseTerms | null, at: Instant): void {
    const reached = new Set(
      (terms ? thresholdsOf(terms, clock.targetMs) : [])
        .filter(({ elapsedMs }) => elapsedMs <= clock.elapsed)
        .map(({ label }) => label),
    );
    const standing = new Map<string, Draft>();
    for (const saying of this.book.said.inOrder) {
      const { type, promise, cycle, threshold } = saying.draft;
      if (saying.kind === 'retracts') standing.delete(saying.key);
      else if (type.startsWith('sla.escalation.') && promise === clock.promise && cycle === clock.cycle && threshold)
        standing.set(saying.draft.key, saying.draft);
    }
    // Answers are of the step they answer, and go with it.
    for (const { key, type, threshold: label } of standing.values()) {
      if (label === null || reached.has(label)) continue;
      clock.crossed = clock.crossed.filter((crossed) => crossed.label !== label);
      this.takeBack(clock, terms, key, type, 'sla.escalation.withdrawn', at);
    }
  }

  /** What was crossed stays crossed; what lies behind the count is passed over without a word. */
  private passThresholds(clock: ClockState, terms: PromiseTerms): void {
    const behind = thresholdsOf(terms, clock.targetMs).filter(({ elapsedMs }) => elapsedMs < clock.elapsed);
    clock.passed = [...new Set([...clock.crossed, ...behind].map(({ label }) => label))];
  }

  private break(clock: ClockState, terms: PromiseTerms, { at, elapsed }: { at: Instant; elapsed: number }): void {
    const type = breachTypeOf(clock);
    const then: ClockState = { ...clock, phase: 'running', since: at, elapsed };
    const word = { type, at, cause: null, reasonCode: 'deadline_passed', threshold: null };
    clock.breachKey = this.book.said.ofClock(clock, terms, word, then);
    this.book.waived.waiveIfGranted(clock, terms, Math.max(at, clock.waiver?.at ?? at));
  }

  private takeBack(
    clock: ClockState,
    terms: PromiseTerms | null,
    key: string,
    type: Word['type'],
    as: Word['type'],
    at: Instant,
  ): void {
    const word: Word = { type: as, at, cause: null, reasonCode: 'corrected', threshold: null };
    this.book.said.takeBack(clock, terms, { key, type }, word);
  }

  private pastOf(clock: ClockState): ClockPast {
    if (!this.book.past) throw new TimelineNeeded();
    return this.book.past.of(clock);
  }
}
