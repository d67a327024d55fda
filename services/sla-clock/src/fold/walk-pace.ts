/** A slice of a walk is to take about so long, ms: what happens on other tickets of the partition waits for one at most. */
export const SLICE_MS = 200;

/** For so long a partition leaves walking to where there is room for it; then it walks a slice between its records, ms. */
const PATIENCE_MS = 5_000;

/**
 * Tickets in a slice, at least and at most. Most of a small slice's time goes into what every slice costs, some fourteen statements and a commit: with
 * fewer tickets it would be hardly shorter, and the walk much longer.
 */
const LEAST = 75;
const MOST = 1_000;

/** A slice that takes less than this share of its time may grow. */
const ROOM_TO_GROW = 0.8;
const GROWTH = 1.5;

/**
 * How many tickets a slice holds: one pace for all partitions of a process, which share its time. It grows while slices are short, and shrinks when
 * one takes too long; what a ticket costs is not reckoned from it, because what every slice costs would count as the tickets' then.
 */
export class WalkPace {
  private tickets = LEAST;
  /** When a slice was walked last, by any of the partitions, on the process's own monotonic clock, ms. */
  private walkedAt = Number.NEGATIVE_INFINITY;

  /**
   * Whether records leave no room to walk: the partition has had something to walk through since `since`, and for long no partition of the process
   * has come to a slice. A slice under a watermark delays what the watermark brings, so none is made there as long as walks go on elsewhere: what
   * slows them down would be made worse by it. Both on the process's own monotonic clock, ms.
   */
  isCrowdedOut(since: number, now: number): boolean {
    return now - Math.max(since, this.walkedAt) > PATIENCE_MS;
  }

  /** How many tickets fit into the time that is left of a slice, ms. */
  ticketsIn(ms: number): number {
    return Math.max(LEAST, Math.floor(this.tickets * Math.min(1, ms / SLICE_MS)));
  }

  /** What a slice of so many tickets took, from the reading to the commit at `now`, ms. */
  measured(tickets: number, ms: number, now: number): void {
    this.walkedAt = now;
    if (ms > SLICE_MS) this.tickets = Math.max(LEAST, Math.min(this.tickets, Math.floor((tickets * SLICE_MS) / ms)));
    else if (tickets >= this.tickets && ms < SLICE_MS * ROOM_TO_GROW)
      this.tickets = Math.min(MOST, Math.floor(this.tickets * GROWTH));
  }
}
