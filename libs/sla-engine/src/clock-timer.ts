import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { ClockBook } from './clock-book.js';
import { breachTypeOf } from './clock-draft.js';
import { nextInstant, schedule, thresholdsOf } from './clock.js';
import { breakAsBefore } from './standing-breaches.js';
import type { ClockState, TicketState } from './ticket-state.js';

/** What time does to a ticket's clocks: it crosses their thresholds and breaks their promises (SLA-SEMANTICS §4). */
export class ClockTimer {
  /** The thresholds that clocks crossed during this fold. */
  private readonly crossed: { readonly clock: ClockState; readonly label: string }[] = [];

  constructor(
    private readonly state: TicketState,
    private readonly book: ClockBook,
  ) {}

  /** The earliest instant at which time changes an open clock, and which. */
  next(): { readonly clock: ClockState; readonly at: Instant } | null {
    let first: { clock: ClockState; at: Instant } | null = null;
    for (const clock of this.state.clocks) {
      const at = this.nextInstantOf(clock);
      if (at !== null && (first === null || at < first.at)) first = { clock, at };
    }
    return first;
  }

  /** Lets time do to a clock what is due at `at`: cross a threshold or break the promise. */
  fire(clock: ClockState, terms: PromiseTerms, at: Instant): void {
    if (clock.nextThreshold?.at === at) return this.cross(clock, terms, clock.nextThreshold);
    const { book } = this;
    const before = book.broken.of(clock);
    if (before && before.breach.at === at) return breakAsBefore(book, clock, terms, before);
    const word = { type: breachTypeOf(clock), at, cause: null, reasonCode: 'deadline_passed', threshold: null };
    book.count(clock, terms, at, null, word.reasonCode);
    clock.breachedAt = at;
    clock.elapsedAtBreach = clock.elapsed;
    clock.breachKey = book.said.ofClock(clock, terms, word);
    book.waived.waiveIfGranted(clock, terms, at);
    schedule(clock, terms);
    clock.dueAt = at;
  }

  /** Whether no clock crossed any threshold during this fold. */
  get crossedNothing(): boolean {
    return this.crossed.length === 0;
  }

  /** Whether a clock crossed a threshold during this fold. */
  hasCrossed(clock: ClockState, label: string): boolean {
    return this.crossed.some((crossed) => crossed.clock === clock && crossed.label === label);
  }

  private cross(
    clock: ClockState,
    terms: PromiseTerms,
    threshold: { readonly label: string; readonly at: Instant },
  ): void {
    const { label, at } = threshold;
    clock.crossed.push(threshold);
    this.crossed.push({ clock, label });
    clock.passed.push(label);
    this.book.said.touch(clock);
    const kind = thresholdsOf(terms, clock.targetMs).find((one) => one.label === label)?.kind;
    if (kind === 'escalation')
      this.book.said.ofClock(clock, terms, {
        type: 'sla.escalation.raised',
        at,
        cause: null,
        reasonCode: 'step_due',
        threshold: label,
      });
    schedule(clock, terms);
  }

  /** A breach that stands takes the place of the clock's own deadline. */
  private nextInstantOf(clock: ClockState): Instant | null {
    const before = this.book.broken.of(clock);
    if (!before || clock.breachedAt !== null) return nextInstant(clock);
    if (clock.phase !== 'running' && clock.phase !== 'paused') return null;
    return Math.min(before.breach.at, clock.nextThreshold?.at ?? Infinity);
  }
}
