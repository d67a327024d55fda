import type { Commitment, Target } from '@punctual/contracts';
import type { SharePromise } from '@punctual/policy';
import { attainment, type AttainmentRange, type JudgedCycle } from './attainment.js';

/** A share that is promised, beside the one that was kept. */
export interface PromisedShare {
  readonly promise: string;
  readonly target: Target;
  readonly commitment: Commitment;
  readonly promised: number;
  readonly kept: number;
  /** Kept, breached and missed. */
  readonly judged: number;
  /** kept / judged; null where nothing was judged. */
  readonly attainment: number | null;
  /** Whether the share is kept as far as was judged; null where nothing was. */
  readonly isKept: boolean | null;
}

/** The shares that promises name beside those kept over a range, by the one definition of attainment (SLA-SEMANTICS §3, §11). */
export function promisedShares(
  promises: readonly SharePromise[],
  cycles: readonly (JudgedCycle & { readonly promise: string })[],
  range: AttainmentRange = { from: null, to: null },
): PromisedShare[] {
  return promises.map(({ id, target, commitment, attainment: promised }) => {
    const own = attainment(
      cycles.filter((cycle) => cycle.promise === id),
      range,
    );
    const kept = sum(own.map((row) => row.kept));
    const judged = sum(own.map((row) => row.kept + row.breached + row.missed));
    const share = judged === 0 ? null : kept / judged;
    const isKept = share === null ? null : share >= promised;
    return { promise: id, target, commitment, promised, kept, judged, attainment: share, isKept };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
