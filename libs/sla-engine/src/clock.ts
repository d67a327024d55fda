import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { ClockState } from './ticket-state.js';

/**
 * The mechanics of one clock: counting, scheduling, retargeting. It knows nothing of tickets or events; the fold says when to start,
 * pause, resume and stop. Instants epoch ms, durations working ms in the promise's calendar. Clocks are changed in place.
 */

/** A stretch in which a clock counted, or did not; kept while a ticket is folded from the start. */
export interface Run {
  readonly from: Instant;
  readonly to: Instant;
}

export function workTarget(
  terms: PromiseTerms,
  startedAt: Instant,
): { targetMs: number | null; fixedDueAt: Instant | null } {
  if (terms.duration === null) return { targetMs: null, fixedDueAt: null };
  if (terms.duration.kind === 'work') {
    const { holidayStretch: stretch } = terms;
    const factor = stretch !== null && stretch.holidayAt(startedAt) !== null ? stretch.factor : 1;
    return { targetMs: Math.round(terms.duration.ms * factor), fixedDueAt: null };
  }
  const { days, endOfDay } = terms.duration;
  const fixedDueAt = terms.calendar.addBusinessDays(startedAt, days, { endOfDay });
  return { targetMs: terms.calendar.worked(startedAt, fixedDueAt), fixedDueAt };
}

/** Says why a target is longer for the holiday on which its cycle started; null where it is not. */
export function stretchSentence({ duration, holidayStretch }: PromiseTerms, startedAt: Instant): string | null {
  const holiday = duration?.kind === 'work' ? (holidayStretch?.holidayAt(startedAt) ?? null) : null;
  if (holiday === null || holidayStretch === null) return null;
  return `Its target is ${holidayStretch.factor} times as long for the holiday of ${holiday}`;
}

/** Counted working ms at `at` (not before the clock's present phase began). */
export function elapsedAt(clock: ClockState, terms: PromiseTerms, at: Instant): number {
  if (clock.phase !== 'running' || at <= clock.since) return clock.elapsed;
  return clock.elapsed + terms.calendar.worked(clock.since, at);
}

/** Counts up to `at` and begins a new stretch there. */
export function account(clock: ClockState, terms: PromiseTerms, at: Instant): void {
  clock.elapsed = elapsedAt(clock, terms, at);
  clock.since = at;
}

/** Works out the deadline and the next threshold of a clock from its present stretch. */
export function schedule(clock: ClockState, terms: PromiseTerms): void {
  clock.dueAt = null;
  clock.nextThreshold = null;
  if (clock.phase !== 'running') return;
  if (clock.targetMs !== null && clock.breachedAt === null) {
    const computed = clock.fixedDueAt ?? instantOf(clock, terms, clock.targetMs);
    clock.dueAt = clock.floor === null ? computed : Math.max(computed, clock.floor);
  }
  const next = thresholdsOf(terms, clock.targetMs).find(({ label }) => !clock.passed.includes(label));
  if (next) clock.nextThreshold = { label: next.label, at: instantOf(clock, terms, next.elapsedMs) };
}

/** When a running clock will have counted `elapsedMs` (its present stretch's start, where it already has). */
function instantOf(clock: ClockState, terms: PromiseTerms, elapsedMs: number): Instant {
  return terms.calendar.deadline(clock.since, Math.max(0, elapsedMs - clock.elapsed));
}

export interface Threshold {
  readonly kind: 'warning' | 'escalation';
  readonly label: string;
  /** Counted working ms at which it is crossed. */
  readonly elapsedMs: number;
  readonly recipients: readonly string[];
}

const thresholdCache = new WeakMap<PromiseTerms, { targetMs: number | null; thresholds: readonly Threshold[] }>();

/** Warnings and escalation steps in the order in which a clock crosses them. What would lie before the start is never crossed. */
export function thresholdsOf(terms: PromiseTerms, targetMs: number | null): readonly Threshold[] {
  const cached = thresholdCache.get(terms);
  if (cached && cached.targetMs === targetMs) return cached.thresholds;
  const thresholds: Threshold[] = [];
  for (const warning of targetMs === null ? [] : terms.warnings) {
    const elapsedMs =
      warning.kind === 'percent' ? (Number(targetMs) * warning.percent) / 100 : Number(targetMs) - warning.ms;
    thresholds.push({ kind: 'warning', label: warning.label, elapsedMs: Math.ceil(elapsedMs), recipients: [] });
  }
  for (const step of terms.escalations) {
    if (step.anchor === 'due' && targetMs === null) continue;
    const elapsedMs = step.offsetMs + (step.anchor === 'due' ? Number(targetMs) : 0);
    thresholds.push({ kind: 'escalation', label: step.name, elapsedMs, recipients: step.recipients });
  }
  const inOrder = thresholds.filter(({ elapsedMs }) => elapsedMs >= 0).sort((a, b) => a.elapsedMs - b.elapsedMs);
  thresholdCache.set(terms, { targetMs, thresholds: inOrder });
  return inOrder;
}

/** The next instant at which time itself changes this clock; null where nothing is ahead. */
export function nextInstant(clock: ClockState): Instant | null {
  if (clock.phase !== 'running') return null;
  const due = clock.breachedAt === null ? clock.dueAt : null;
  const threshold = clock.nextThreshold?.at ?? null;
  if (due === null) return threshold;
  return threshold === null ? due : Math.min(due, threshold);
}

/**
 * Puts a clock that has not been judged under other terms at `at` (SLA-SEMANTICS §5). `runs` are the stretches in which it counted
 * since its start, up to `at`. Thresholds that lie before the change are passed over; crossed ones stay crossed.
 */
export function retarget(clock: ClockState, terms: PromiseTerms, at: Instant, runs: readonly Run[]): void {
  const origin = terms.retarget === 'restart' ? at : clock.startedAt;
  const { targetMs, fixedDueAt } = workTarget(terms, origin);
  if (terms.retarget === 'restart') clock.elapsed = 0;
  if (terms.retarget === 'fromStart') {
    clock.elapsed = runs.reduce((sum, run) => sum + terms.calendar.worked(run.from, run.to), 0);
  }
  const neverPaused =
    clock.phase === 'running' && runs.every((run, index) => run.from === (runs[index - 1]?.to ?? clock.startedAt));
  clock.targetMs = targetMs;
  clock.fixedDueAt = terms.retarget !== 'carryElapsed' && neverPaused ? fixedDueAt : null;
  clock.commitment = terms.commitment;
  clock.floor = at;
  for (const { label, elapsedMs } of thresholdsOf(terms, targetMs)) {
    if (elapsedMs < clock.elapsed && !clock.passed.includes(label)) clock.passed.push(label);
  }
  schedule(clock, terms);
}
