import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { workTarget, type Run } from './clock.js';
import type { ClockState } from './ticket-state.js';

/** A clock as it would stand, had other terms applied since it started. */
export interface Recount {
  readonly elapsed: number;
  readonly targetMs: number | null;
  readonly fixedDueAt: Instant | null;
  /** Where it would have broken before `at`; null where it would not. */
  readonly broken: { readonly at: Instant; readonly elapsed: number } | null;
}

/** From where a promise counts: its start, or the last change that began it anew. */
export function originOf({ startedAt, floor }: ClockState, terms: PromiseTerms): Instant {
  return terms.retarget === 'restart' ? Math.max(startedAt, floor ?? startedAt) : startedAt;
}

/**
 * Counts a clock anew under other terms up to `at`. `runs` are the stretches in which it would have counted. As in life, a stretch that ends
 * at the deadline, because something paused the clock there, keeps the promise open (SLA-SEMANTICS §4).
 */
export function recount(clock: ClockState, terms: PromiseTerms, runs: readonly Run[], at: Instant): Recount {
  const origin = originOf(clock, terms);
  const { targetMs, fixedDueAt } = workTarget(terms, origin);
  let elapsed = 0;
  let broken: Recount['broken'] = null;
  runs.forEach(({ from, to }, index) => {
    if (broken === null && targetMs !== null) {
      const fixed = index === 0 && from === origin ? fixedDueAt : null;
      const computed = fixed ?? terms.calendar.deadline(from, Math.max(0, targetMs - elapsed));
      const due = Math.max(computed, clock.floor ?? computed);
      if (due < to) broken = { at: due, elapsed: elapsed + terms.calendar.worked(from, due) };
    }
    elapsed += terms.calendar.worked(from, to);
  });
  const unbroken = runs.length === 1 && runs[0]?.from === origin && runs[0].to === at;
  return { elapsed, targetMs, fixedDueAt: unbroken ? fixedDueAt : null, broken };
}
