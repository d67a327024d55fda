/** The most recently added values by key; the oldest goes when it is full. */
export class BoundedCache<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly limit: number) {}

  /** The value of a key, made by `make` where it is not kept. */
  get(key: string, make: () => Value): Value {
    const kept = this.values.get(key);
    if (kept !== undefined) return kept;
    const made = make();
    if (this.values.size >= this.limit) {
      const oldest = this.values.keys().next();
      if (!oldest.done) this.values.delete(oldest.value);
    }
    this.values.set(key, made);
    return made;
  }
}
