import type { ProcessingCounts } from './event-log.js';
import type { Fault } from './fault.js';

/** Counts what the folds of one processing did. */
export class FoldCounts {
  #records = 0;
  readonly #units = { committed: 0, idle: 0 };
  readonly #failures: Record<Fault, number> = { transient: 0, fenced: 0, refused: 0, bug: 0 };

  folded(outcome: 'committed' | 'idle', records: number): void {
    this.#units[outcome] += 1;
    this.#records += records;
  }

  failed(fault: Fault): void {
    this.#failures[fault] += 1;
  }

  totals(): ProcessingCounts {
    return {
      records: this.#records,
      ...this.#units,
      transientFailures: this.#failures.transient,
      fenced: this.#failures.fenced,
      handlerFailures: this.#failures.bug,
    };
  }
}
