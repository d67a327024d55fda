/** Lets at most `places` actions run side by side, in the order they came; at most half of them may be such as can wait. */
export class Turnstile {
  #free: number;
  #atLeisure = 0;
  readonly #mostAtLeisure: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
    this.#mostAtLeisure = Math.max(1, Math.floor(places / 2));
  }

  async pass<T>(action: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** Runs what can wait, where there is room for it now; null where there is none. */
  passAtLeisure<T>(action: () => Promise<T>): Promise<T> | null {
    if (this.#free === 0 || this.#atLeisure === this.#mostAtLeisure) return null;
    this.#atLeisure += 1;
    return this.pass(action).finally(() => {
      this.#atLeisure -= 1;
    });
  }
}
