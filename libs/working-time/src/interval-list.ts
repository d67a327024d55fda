/**
 * Half-open intervals as one flat list `[from, to, from, to, …]`: sorted, none empty, none touching the next. On whichever time line
 * (instants or local time) the caller works.
 */
export type IntervalList = readonly number[];

/** The union of pairs that are in order of their starts; empty pairs fall away, touching ones become one. */
export function mergeOrdered(pairs: readonly number[]): number[] {
  const merged: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const from = pairs[i] ?? 0;
    const to = pairs[i + 1] ?? 0;
    if (to <= from) continue;
    const last = merged[merged.length - 1];
    if (last === undefined || from > last) merged.push(from, to);
    else if (to > last) merged[merged.length - 1] = to;
  }
  return merged;
}

/** What is in `intervals` and not in `cuts`. */
export function subtract(intervals: IntervalList, cuts: IntervalList): number[] {
  const left: number[] = [];
  let next = 0;
  for (let i = 0; i < intervals.length; i += 2) {
    let from = intervals[i] ?? 0;
    const to = intervals[i + 1] ?? 0;
    while (next < cuts.length && (cuts[next + 1] ?? 0) <= from) next += 2;
    // A cut may reach into the following interval too, so this interval's walk does not move `next`.
    for (let k = next; k < cuts.length && (cuts[k] ?? 0) < to && from < to; k += 2) {
      const cutFrom = cuts[k] ?? 0;
      if (cutFrom > from) left.push(from, cutFrom);
      from = Math.max(from, cuts[k + 1] ?? 0);
    }
    if (from < to) left.push(from, to);
  }
  return left;
}

export function intersect(one: IntervalList, other: IntervalList): number[] {
  const both: number[] = [];
  let i = 0;
  let k = 0;
  while (i < one.length && k < other.length) {
    const oneTo = one[i + 1] ?? 0;
    const otherTo = other[k + 1] ?? 0;
    const from = Math.max(one[i] ?? 0, other[k] ?? 0);
    const to = Math.min(oneTo, otherTo);
    if (from < to) both.push(from, to);
    if (oneTo <= otherTo) i += 2;
    if (otherTo <= oneTo) k += 2;
  }
  return both;
}

export function union(lists: readonly IntervalList[]): number[] {
  const pairs = lists.flatMap((list) => {
    const found: [number, number][] = [];
    for (let i = 0; i < list.length; i += 2) found.push([list[i] ?? 0, list[i + 1] ?? 0]);
    return found;
  });
  pairs.sort((a, b) => a[0] - b[0]);
  return mergeOrdered(pairs.flat());
}

/** The part of the list inside `[from, to)`. */
export function clip(intervals: IntervalList, from: number, to: number): number[] {
  return intersect(intervals, to > from ? [from, to] : []);
}
