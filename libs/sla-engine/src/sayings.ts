import type { SlaEventType } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { draftOfClock, draftOfTicket, type Word } from './clock-draft.js';
import type { Saying } from './draft.js';
import type { EndedClocks } from './ended-clocks.js';
import type { ClockState, TicketState } from './ticket-state.js';

/** What a fold says of a ticket and its clocks, and takes back, in its order; and which clocks it touched. */
export class Sayings {
  readonly inOrder: Saying[] = [];
  private touchedSoFar: Set<ClockState> | null = null;

  constructor(
    private readonly state: TicketState,
    private readonly ended: EndedClocks,
  ) {}

  /** The clocks that changed, in the order in which they first did. */
  get touched(): readonly ClockState[] {
    return this.touchedSoFar === null ? [] : [...this.touchedSoFar];
  }

  touch(clock: ClockState): void {
    this.touchedSoFar ??= new Set();
    this.touchedSoFar.add(clock);
  }

  /**
   * Says something of a clock; gives back the content key under which it was said. `terms` are null where none are left. `as`: the clock as it
   * stood at the instant of the word, where that lies back.
   */
  ofClock(clock: ClockState, terms: PromiseTerms | null, word: Word, as: ClockState = clock): string {
    const draft = draftOfClock(this.stateFor(clock), as, terms, word);
    this.inOrder.push({ kind: 'says', draft });
    this.touch(clock);
    return draft.key;
  }

  /** Takes back what was said of a clock under a content key. */
  takeBack(
    clock: ClockState,
    terms: PromiseTerms | null,
    { key, type }: { readonly key: string; readonly type: SlaEventType },
    word: Word,
  ): void {
    const draft = draftOfClock(this.stateFor(clock), clock, terms, word);
    this.inOrder.push({ kind: 'retracts', key, type, draft });
  }

  /** Says something of the ticket rather than of a clock. */
  ofTicket(word: Word, reason: string): void {
    this.inOrder.push({ kind: 'says', draft: draftOfTicket(this.state, word, reason) });
  }

  /** What is said of a clock that is over was found under its version. */
  private stateFor(clock: ClockState): TicketState {
    const policyVersion = this.ended.versionOf(clock);
    return policyVersion === this.state.policyVersion ? this.state : { ...this.state, policyVersion };
  }
}
