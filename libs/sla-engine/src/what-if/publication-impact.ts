import type { VerdictChange } from './compare-verdicts.js';
import type { JudgedTicket } from './judged-ticket.js';

/** Clocks whose deadline moves one way, and by how much wall time; null where there are none. */
export interface MovedDeadlines {
  readonly clocks: number;
  readonly medianMs: number | null;
  readonly mostMs: number | null;
}

/** What a publication does to clocks. A clock may be in several of the counts; all of them are in `touched`. */
export interface ImpactOnClocks {
  /** Running or paused before the publication. */
  readonly lookedAt: number;
  readonly touched: number;
  readonly dueEarlier: MovedDeadlines;
  readonly dueLater: MovedDeadlines;
  readonly newlyBreached: number;
  readonly breachesTakenBack: number;
  readonly cancelled: number;
  readonly started: number;
}

/** Adds up what a publication changes, ticket by ticket: A is what stands without it, B with it. Pure. */
export class PublicationImpact {
  private lookedAt = 0;
  private touched = 0;
  private newlyBreached = 0;
  private breachesTakenBack = 0;
  private cancelled = 0;
  private started = 0;
  private readonly earlier: number[] = [];
  private readonly later: number[] = [];

  add({ clocks }: JudgedTicket, changes: readonly VerdictChange[]): void {
    this.lookedAt += clocks.filter(({ clock: { phase } }) => phase === 'running' || phase === 'paused').length;
    for (const change of changes) this.count(change);
  }

  report(): ImpactOnClocks {
    const { lookedAt, touched, newlyBreached, breachesTakenBack, cancelled, started } = this;
    return {
      lookedAt,
      touched,
      dueEarlier: movedBy(this.earlier),
      dueLater: movedBy(this.later),
      newlyBreached,
      breachesTakenBack,
      cancelled,
      started,
    };
  }

  private count({ a, b }: VerdictChange): void {
    // Without a clock on either side it is the ticket's coverage that differs.
    if (a === null && b === null) return;
    const [before, after] = [a?.clock ?? null, b?.clock ?? null];
    this.touched++;
    if (before === null) this.started++;
    const goneBefore = before === null || before.phase === 'cancelled';
    if (!goneBefore && (after === null || after.phase === 'cancelled')) this.cancelled++;
    const [brokenBefore, brokenAfter] = [before?.breachedAt ?? null, after?.breachedAt ?? null];
    if (brokenBefore === null && brokenAfter !== null) this.newlyBreached++;
    if (brokenBefore !== null && brokenAfter === null) this.breachesTakenBack++;
    const [dueBefore, dueAfter] = [before?.dueAt ?? null, after?.dueAt ?? null];
    if (dueBefore === null || dueAfter === null || dueBefore === dueAfter) return;
    if (dueAfter < dueBefore) this.earlier.push(dueBefore - dueAfter);
    else this.later.push(dueAfter - dueBefore);
  }
}

/** The median is the nearest rank, as the command line's percentiles are. */
function movedBy(moves: readonly number[]): MovedDeadlines {
  const sorted = moves.toSorted((a, b) => a - b);
  return {
    clocks: sorted.length,
    medianMs: sorted[Math.ceil(sorted.length / 2) - 1] ?? null,
    mostMs: sorted.at(-1) ?? null,
  };
}
