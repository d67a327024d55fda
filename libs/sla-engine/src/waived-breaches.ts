import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { Sayings } from './sayings.js';
import type { ClockState, TicketState, Waiver } from './ticket-state.js';
import { namesBreach, takeAwaited, waiverSentence } from './waiver.js';

/** Puts waivers on cycles and takes them off, and says so where there is a breach to waive (SLA-SEMANTICS §11). */
export class WaivedBreaches {
  constructor(
    private readonly state: TicketState,
    private readonly said: Sayings,
  ) {}

  /** Waives what is broken or may yet break; a cycle that is waived already stays so. `terms` are null where none are left. */
  waive(clock: ClockState, terms: PromiseTerms | null, waiver: Waiver, at: Instant): void {
    if (clock.waiver !== null) return;
    clock.waiver = waiver;
    this.said.touch(clock);
    if (clock.breachedAt !== null) this.say(clock, terms, waiver, at);
  }

  /** Ends the waiver of a cycle: its breach counts again. */
  end(clock: ClockState, terms: PromiseTerms | null, at: Instant, cause: string): void {
    const saidAs = clock.waiver?.saidAs ?? null;
    clock.waiver = null;
    this.said.touch(clock);
    if (saidAs === null) return;
    this.said.takeBack(
      clock,
      terms,
      { key: saidAs, type: 'sla.breach.waived' },
      { type: 'sla.breach.retracted', at, cause, reasonCode: 'waiver_withdrawn', threshold: null },
    );
  }

  /** A clock that breaks at `at` may have been waived before. */
  waiveIfGranted(clock: ClockState, terms: PromiseTerms, at: Instant): void {
    const breach = clock.breachKey ?? '';
    clock.waiver ??= takeAwaited(this.state, clock.promise, (awaiting) => namesBreach(awaiting.breach, breach));
    if (clock.waiver !== null) this.say(clock, terms, clock.waiver, at);
  }

  private say(clock: ClockState, terms: PromiseTerms | null, waiver: Waiver, at: Instant): void {
    const saidAs = this.said.ofClock(clock, terms, {
      type: 'sla.breach.waived',
      at,
      cause: waiver.eventId,
      reasonCode: 'waived',
      threshold: null,
      reason: waiverSentence(waiver),
    });
    clock.waiver = { ...waiver, saidAs };
  }
}
