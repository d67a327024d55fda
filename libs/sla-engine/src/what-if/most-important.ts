import { changeKinds, compareImportance, type VerdictChange, type VerdictChangeKind } from './compare-verdicts.js';

/** Counts every change and keeps the most important ones: its memory is bounded by how many are to be shown. */
export class MostImportant {
  readonly tickets = new Set<string>();
  #kept: VerdictChange[] = [];
  #count = 0;
  readonly #kinds = new Map<VerdictChangeKind, number>();

  constructor(private readonly most: number) {}

  add(change: VerdictChange): void {
    this.#count++;
    this.tickets.add(`${change.source}\u0000${change.ticket}`);
    for (const kind of change.kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    this.#kept.push(change);
    if (this.#kept.length >= 2 * this.most + 1_000) this.#cut();
  }

  get count(): number {
    return this.#count;
  }

  /** How often each kind of change occurs, the most important kind first. A change may be of several kinds. */
  kinds(): [VerdictChangeKind, number][] {
    return changeKinds.flatMap((kind): [VerdictChangeKind, number][] => {
      const count = this.#kinds.get(kind);
      return count === undefined ? [] : [[kind, count]];
    });
  }

  list(): readonly VerdictChange[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept = this.#kept.sort(compareImportance).slice(0, this.most);
  }
}
