/** A seeded source of chance: the same seed gives the same choices on every machine. */
export class Random {
  #state: number;

  /** Any text; different texts give unrelated sequences. */
  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    this.#state = hash >>> 0;
  }

  /** Uniform in [0, 1): a counter in steps of an odd constant, mixed by two multiply-and-shift rounds. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  }

  /** Whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Uniform in [least, most). */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** True with the given probability, 0..1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of `values`, each as likely. An empty list is a bug. */
  pick<T>(values: readonly T[]): T {
    const index = Math.floor(this.next() * values.length);
    const value = values[index];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** One of the keys, as likely as its weight. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const entries = Object.entries(weights) as [K, number][];
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.next() * total;
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    const last = entries.at(-1);
    if (last === undefined) throw new RangeError('nothing to pick from');
    return last[0];
  }
}
