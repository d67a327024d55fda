import type { Commitment, Instant, Target } from '@punctual/contracts';
import type { ClockOutcome } from './clock-view.js';

/** What attainment needs to know of a cycle; `ClockView` is one. */
export interface JudgedCycle {
  readonly target: Target;
  readonly priority: string | null;
  readonly commitment: Commitment;
  readonly outcome: ClockOutcome;
  readonly breachedAt: Instant | null;
  readonly stoppedAt: Instant | null;
  /** Working ms after the deadline, so far or until the stop; where this stands for several, of each that was late. */
  readonly lateMs: number | readonly number[] | null;
  readonly waived?: boolean;
  /** How many cycles alike this stands for (default 1). */
  readonly times?: number;
}

/** A row of an attainment report: one target at one priority under one commitment. */
export interface AttainmentRow {
  readonly target: Target;
  readonly priority: string | null;
  readonly commitment: Commitment;
  readonly kept: number;
  readonly breached: number;
  readonly missed: number;
  readonly running: number;
  readonly paused: number;
  readonly cancelled: number;
  /** Stopped, with nothing promised but the measure. */
  readonly measured: number;
  readonly waived: number;
  /** kept / (kept + breached + missed), 0..1; null where nothing was judged. */
  readonly attainment: number | null;
  /** Of what was late: working ms by nearest rank. */
  readonly late: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number } | null;
}

/** Half-open range of verdict instants `[from, to)`, epoch ms; null is unbounded. */
export interface AttainmentRange {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/**
 * Attainment over a range (SLA-SEMANTICS §11): the one definition that the command line, the API, the board and the Prometheus rules
 * share. A cycle is judged where its verdict's instant (`breachedAt`, or the stop) lies in the range; what is not judged is listed beside.
 * Rows come sorted by target, priority and commitment.
 */
export function attainment(
  cycles: Iterable<JudgedCycle>,
  range: AttainmentRange = { from: null, to: null },
): AttainmentRow[] {
  const groups = new Map<string, Group>();
  for (const cycle of cycles) {
    const key = JSON.stringify([cycle.target, cycle.priority, cycle.commitment]);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = new Group(cycle)));
    group.add(cycle, range);
  }
  return [...groups.values()].map((group) => group.row()).sort(compareRows);
}

class Group {
  private readonly counts = {
    kept: 0,
    breached: 0,
    missed: 0,
    running: 0,
    paused: 0,
    cancelled: 0,
    measured: 0,
    waived: 0,
  };
  private readonly late: number[] = [];

  constructor(private readonly of: Pick<JudgedCycle, 'target' | 'priority' | 'commitment'>) {}

  add(cycle: JudgedCycle, range: AttainmentRange): void {
    const { times = 1 } = cycle;
    if (cycle.outcome === 'running' || cycle.outcome === 'paused') {
      this.counts[cycle.outcome] += times;
      return;
    }
    const at = cycle.breachedAt ?? cycle.stoppedAt;
    if (at !== null && ((range.from !== null && at < range.from) || (range.to !== null && at >= range.to))) return;
    if (cycle.waived) this.counts.waived += times;
    else if (cycle.outcome === 'met') this.counts.kept += times;
    else this.counts[cycle.outcome] += times;
    if (cycle.lateMs === null || cycle.waived) return;
    const { lateMs } = cycle;
    if (typeof lateMs === 'object') for (const each of lateMs) this.late.push(each);
    else for (let time = 0; time < times; time += 1) this.late.push(lateMs);
  }

  row(): AttainmentRow {
    const { kept, breached, missed } = this.counts;
    const judged = kept + breached + missed;
    const sorted = this.late.sort((a, b) => a - b);
    const { target, priority, commitment } = this.of;
    return {
      target,
      priority,
      commitment,
      ...this.counts,
      attainment: judged === 0 ? null : kept / judged,
      late:
        sorted.length === 0
          ? null
          : {
              p50: nearestRank(sorted, 50),
              p90: nearestRank(sorted, 90),
              p99: nearestRank(sorted, 99),
              max: nearestRank(sorted, 100),
            },
    };
  }
}

/** The smallest value that at least `percent` of the sorted values do not exceed. */
function nearestRank(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}

function compareRows(a: AttainmentRow, b: AttainmentRow): number {
  return (
    compareText(a.target, b.target) ||
    compareText(a.priority ?? '', b.priority ?? '') ||
    compareText(a.commitment, b.commitment)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
