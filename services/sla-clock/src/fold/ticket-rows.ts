import type { TicketRow } from './ticket-row.js';

/** Where a row stands; empty once the row is gone. */
interface Place {
  row: TicketRow | null;
}

/**
 * The ticket rows that are in memory, by ticket key, in the order in which they were set. A `Map` that has lived for a while makes each table that
 * it grows or shrinks into among the old objects, and the one it leaves there holds what stood in it until all objects are collected: rows
 * of a moment would grow old by that (docs/adr/0026). What such a table holds of a row that is gone is an empty place.
 */
export class TicketRows implements Iterable<readonly [string, TicketRow]> {
  private readonly places = new Map<string, Place>();

  get size(): number {
    return this.places.size;
  }

  get(key: string): TicketRow | undefined {
    return this.places.get(key)?.row ?? undefined;
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  /** Puts a row last; one that stands there already is replaced, in its place. */
  set(key: string, row: TicketRow): void {
    const place = this.places.get(key);
    if (place === undefined) this.places.set(key, { row });
    else place.row = row;
  }

  delete(key: string): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    place.row = null;
    this.places.delete(key);
  }

  keys(): Iterable<string> {
    return this.places.keys();
  }

  *[Symbol.iterator](): Generator<readonly [string, TicketRow]> {
    for (const [key, { row }] of this.places) if (row !== null) yield [key, row];
  }
}
