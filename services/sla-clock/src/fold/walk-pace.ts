/** A slice of a walk is to take about so long, ms: what happens on other tickets of the partition waits for one at most. */
export const SLICE_MS = 150;

/** Where records never cease to come, a slice is walked between them this often, ms. */
export const WALKS_EVERY_MS = 1_000;

/** Tickets folded at once, at least and at most; within it as many as the time that is left allows. */
const LEAST = 25;
const MOST = 1_000;

/** Until something has been measured, ms for one ticket. */
const FIRST_GUESS_MS = 2;

/** How fast walks go: one pace for all partitions of a process, which share its time. */
export class WalkPace {
  private msPerTicket = FIRST_GUESS_MS;

  /** How many tickets fit into the time that is left, ms. */
  ticketsIn(ms: number): number {
    return Math.min(MOST, Math.max(LEAST, Math.floor(ms / this.msPerTicket)));
  }

  /** What so many tickets took, from the reading to the commit, ms. */
  measured(tickets: number, ms: number): void {
    if (tickets > 0) this.msPerTicket = (this.msPerTicket * 3 + ms / tickets) / 4;
  }
}
