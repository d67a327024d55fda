/** How often contents were retracted, by content key. The counts it begins with are not changed: they are those of a ticket's state. */
export class RetractionCounts {
  private added: Record<string, number> | null = null;

  /** Nearly always nothing was retracted: then no key need be looked up, which is dear for one just made. */
  private none: boolean;

  constructor(private readonly before: Record<string, number>) {
    this.none = isEmpty(before);
  }

  get all(): Record<string, number> {
    return this.added ?? this.before;
  }

  of(key: string): number {
    return this.none ? 0 : (this.all[key] ?? 0);
  }

  add(key: string): void {
    this.added ??= { ...this.before };
    this.added[key] = this.of(key) + 1;
    this.none = false;
  }
}

function isEmpty(counts: Readonly<Record<string, number>>): boolean {
  for (const _key in counts) return false;
  return true;
}
