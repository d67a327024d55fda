import type { ClockState, TicketState } from './ticket-state.js';

/** Clocks that are over for good and have left the state during a fold, with the versions under which they did. */
export class EndedClocks {
  /** In the order they ended. */
  readonly clocks: ClockState[] = [];
  private endedUnder: Map<ClockState, string> | null = null;

  constructor(private readonly state: TicketState) {}

  /** Lets go of ended clocks that nothing can revive any more; their verdicts stand. */
  retire(isOver: (clock: ClockState) => boolean): void {
    if (this.state.clocks.length === 0) return;
    const over = this.state.clocks.filter(isOver);
    if (over.length === 0) return;
    this.endedUnder ??= new Map();
    for (const clock of over) this.endedUnder.set(clock, this.state.policyVersion);
    this.clocks.push(...over);
    this.state.clocks = this.state.clocks.filter((clock) => !isOver(clock));
  }

  /** The version a clock runs under, or ran under when it ended for good. */
  versionOf(clock: ClockState): string {
    return this.endedUnder?.get(clock) ?? this.state.policyVersion;
  }
}
