import type { AttainmentRow } from '../attainment.js';

/** Attainment of one target, priority and commitment under two policies; a side without such clocks is null. */
export interface AttainmentComparison {
  readonly target: AttainmentRow['target'];
  readonly priority: string | null;
  readonly commitment: AttainmentRow['commitment'];
  readonly a: AttainmentRow | null;
  readonly b: AttainmentRow | null;
  /** B's attainment less A's, −1..1; null where either judged nothing. */
  readonly difference: number | null;
}

/** Rows of two attainment reports side by side: A's rows in their order, then those only B has. */
export function compareAttainment(a: readonly AttainmentRow[], b: readonly AttainmentRow[]): AttainmentComparison[] {
  const keyOf = ({ target, priority, commitment }: AttainmentRow): string =>
    JSON.stringify([target, priority, commitment]);
  const rowsOfA = new Map(a.map((row) => [keyOf(row), row]));
  const rowsOfB = new Map(b.map((row) => [keyOf(row), row]));
  return [...new Map([...rowsOfA, ...rowsOfB])].map(([key, { target, priority, commitment }]) => {
    const [ofA, ofB] = [rowsOfA.get(key) ?? null, rowsOfB.get(key) ?? null];
    const [from, to] = [ofA?.attainment ?? null, ofB?.attainment ?? null];
    return {
      target,
      priority,
      commitment,
      a: ofA,
      b: ofB,
      difference: from === null || to === null ? null : to - from,
    };
  });
}
