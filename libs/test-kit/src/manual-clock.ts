/** A clock that only a test moves; it fits the `Clock` port of service-kit. */
export class ManualClock {
  #now: number;

  /** `start` is epoch ms or ISO-8601 text. */
  constructor(start: number | string) {
    this.#now = toInstant(start);
  }

  /** Epoch ms. */
  now(): number {
    return this.#now;
  }

  /** Moves the clock forward by `ms` and returns the new instant. */
  advance(ms: number): number {
    this.#now += ms;
    return this.#now;
  }

  /** Sets the clock, also backwards: that is what a corrected system clock does. */
  set(at: number | string): void {
    this.#now = toInstant(at);
  }
}

function toInstant(at: number | string): number {
  const instant = typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(instant)) throw new RangeError(`'${at}' is not an instant`);
  return instant;
}
