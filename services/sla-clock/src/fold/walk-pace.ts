/** Of every second, walks take about this much of a process, ms: what arrives meanwhile waits no longer. */
const SHARE_MS = 400;

/** A partition that has not walked for so long, ms, has nothing to walk through any more, or another owner. */
const RESTS_AFTER_MS = 3_000;

/** Tickets folded at once, at least and at most; within it as many as the time that is left allows. */
const LEAST = 25;
const MOST = 1_000;

/** Until something has been measured, ms for one ticket. */
const FIRST_GUESS_MS = 2;

/** How fast walks go: one pace for all partitions of a process, which share its time. Instants on the process's own monotonic clock, ms. */
export class WalkPace {
  private msPerTicket = FIRST_GUESS_MS;
  private readonly walkedAt = new Map<number, number>();

  /** The time a partition may walk for under one watermark, ms. */
  share(partition: number, now: number): number {
    this.walkedAt.set(partition, now);
    for (const [other, at] of this.walkedAt) if (at < now - RESTS_AFTER_MS) this.walkedAt.delete(other);
    return SHARE_MS / this.walkedAt.size;
  }

  /** How many tickets fit into the time that is left, ms. */
  ticketsIn(ms: number): number {
    return Math.min(MOST, Math.max(LEAST, Math.floor(ms / this.msPerTicket)));
  }

  measured(tickets: number, ms: number): void {
    if (tickets > 0) this.msPerTicket = (this.msPerTicket * 3 + ms / tickets) / 4;
  }
}
