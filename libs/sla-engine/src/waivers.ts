import type { Instant, TicketEvent } from '@punctual/contracts';
import type { ClockBook } from './clock-book.js';
import { TimelineNeeded } from './clock-past.js';
import type { PromisedClocks } from './promised-clocks.js';
import type { ClockState, TicketState } from './ticket-state.js';
import { namesBreach } from './waiver.js';

type Granted = Extract<TicketEvent, { type: 'ticket.waiver.granted' }>;
type Withdrawn = Extract<TicketEvent, { type: 'ticket.waiver.withdrawn' }>;

/**
 * Grants and withdraws waivers (SLA-SEMANTICS §11). A waiver concerns one cycle, whatever becomes of the ticket; of a cycle that is over
 * and has left the state only a fold from the start knows.
 */
export class Waivers {
  constructor(
    private readonly state: TicketState,
    private readonly book: ClockBook,
    private readonly promised: PromisedClocks,
  ) {}

  grant({ id, data }: Granted, at: Instant): void {
    const { promise, reason, actor, breach = null } = data;
    const begun = this.state.cycles[promise] ?? 0;
    const cycle = breach === null ? (data.cycle ?? Math.max(1, begun)) : null;
    const waiver = { eventId: id, at, by: actor, reason, saidAs: null };
    const clock = this.known().find(
      (known) =>
        known.promise === promise &&
        (cycle === null ? known.breachKey !== null && namesBreach(breach, known.breachKey) : known.cycle === cycle),
    );
    if (clock) return this.book.waived.waive(clock, this.promised.termsLeftOf(clock), waiver, at);
    if ((cycle === null ? begun > 0 : cycle <= begun) && this.book.past === null) throw new TimelineNeeded();
    this.state.waivers = [...this.state.waivers, { promise, cycle, breach, waiver }];
  }

  withdraw({ id, data }: Withdrawn, at: Instant): void {
    const { state } = this;
    if (state.waivers.some(({ waiver }) => waiver.eventId === data.waiver)) {
      state.waivers = state.waivers.filter(({ waiver }) => waiver.eventId !== data.waiver);
      return;
    }
    const clock = this.known().find(({ waiver }) => waiver?.eventId === data.waiver);
    if (clock) return this.book.waived.end(clock, this.promised.termsLeftOf(clock), at, id);
    if (this.book.past === null) throw new TimelineNeeded();
  }

  private known(): ClockState[] {
    return [...this.book.ended.clocks, ...this.state.clocks];
  }
}
