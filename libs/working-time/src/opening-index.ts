import type { IntervalList } from './interval-list.js';
import { DAY_MS } from './local-time.js';
import type { Instant } from './working-calendar.js';

/**
 * The open intervals of `[from, to)`, indexed so that an instant, and an amount of work, find their interval in constant time: a
 * table by day and a table by worked time name the interval to start at, and the next interval or two are looked at from there.
 * Arrays end in a sentinel interval at `to`, so that the walk needs no bounds check.
 */
export class OpeningIndex {
  /** Number of intervals. */
  readonly size: number;
  /** The open ms in `[from, to)`. */
  readonly total: number;
  private readonly open: Float64Array;
  private readonly close: Float64Array;
  /** Open ms before each interval. */
  private readonly before: Float64Array;
  private readonly byDay: Int32Array;
  private readonly byWork: Int32Array;
  private readonly workStep: number;

  constructor(
    readonly from: Instant,
    readonly to: Instant,
    intervals: IntervalList,
  ) {
    const size = intervals.length / 2;
    this.size = size;
    this.open = new Float64Array(size + 2);
    this.close = new Float64Array(size + 2);
    this.before = new Float64Array(size + 2);
    let total = 0;
    for (let i = 0; i < size; i += 1) {
      const opens = intervals[2 * i] ?? 0;
      const closes = intervals[2 * i + 1] ?? 0;
      this.open[i] = opens;
      this.close[i] = closes;
      this.before[i] = total;
      total += closes - opens;
    }
    this.total = total;
    this.open.fill(Infinity, size);
    this.close.fill(Infinity, size);
    this.before.fill(Infinity, size + 1);
    this.before[size] = total;
    this.byDay = bucketTable(this.close, size, from, to - from, DAY_MS);
    this.workStep = Math.max(1, Math.ceil(total / Math.max(1, size)));
    this.byWork = bucketTable(this.before.subarray(1), size, 0, total, this.workStep);
  }

  /** The first interval that ends after `at`, for `at` in `[from, to)`; `size` where there is none. */
  find(at: Instant): number {
    let i = this.byDay[((at - this.from) / DAY_MS) | 0] as number;
    const { close } = this;
    while ((close[i] as number) <= at) i += 1;
    return i;
  }

  /** The first interval whose end has more than `work` before it; `size` where there is none. */
  private findWork(work: number): number {
    let i = this.byWork[(work / this.workStep) | 0] as number;
    const { before } = this;
    while ((before[i + 1] as number) <= work) i += 1;
    return i;
  }

  opensAt(i: number): Instant {
    return this.open[i] as number;
  }

  closesAt(i: number): Instant {
    return this.close[i] as number;
  }

  /** The open ms in `[from, at)`, for `at` in `[from, to)`. */
  workedUntil(at: Instant): number {
    const i = this.find(at);
    const opens = this.open[i] as number;
    const before = this.before[i] as number;
    return at > opens ? before + (at - opens) : before;
  }

  /** The earliest instant with `work` open ms before it, for 0 < work ≤ total. */
  earliest(work: number): Instant {
    let i = this.byWork[(work / this.workStep) | 0] as number;
    const { before } = this;
    // Work that just fills an interval ends at its closing, not at the next opening.
    while ((before[i + 1] as number) < work) i += 1;
    if (i > 0 && (before[i] as number) >= work) i -= 1;
    return (this.open[i] as number) + (work - (before[i] as number));
  }

  /** The latest instant with `work` open ms before it, for 0 ≤ work < total. */
  latest(work: number): Instant {
    const i = this.findWork(work);
    return (this.open[i] as number) + (work - (this.before[i] as number));
  }

  /** The intervals that meet `[from, to)`, cut to it. */
  between(from: Instant, to: Instant): { from: Instant; to: Instant }[] {
    const found: { from: Instant; to: Instant }[] = [];
    if (to <= from) return found;
    for (let i = this.find(from); i < this.size && this.opensAt(i) < to; i += 1) {
      found.push({ from: Math.max(from, this.opensAt(i)), to: Math.min(to, this.closesAt(i)) });
    }
    return found;
  }
}

/** For each step of the axis, the first interval whose end lies after the step's start. */
function bucketTable(ends: Float64Array, size: number, start: number, length: number, step: number): Int32Array {
  const table = new Int32Array(Math.floor(length / step) + 2);
  let i = 0;
  for (let bucket = 0; bucket < table.length; bucket += 1) {
    const at = start + bucket * step;
    while (i < size && (ends[i] as number) <= at) i += 1;
    table[bucket] = i;
  }
  return table;
}
