import type { EncodedRecord } from '../encoded-record.js';
import type { OutboxRow, RelayOrigin, RelayPosition } from './outbox.js';

/** Outputs kept of one input partition; beyond it they are left to the table. Some 5 MB of it at most. */
export const MOST_KEPT = 4_000;

/** With so many waiting, a partition that is folded on only makes outputs that have to be read back. */
const MANY = 2_000;

interface Run {
  /** The number of the first. */
  first: number;
  records: EncodedRecord[];
}

/**
 * The outputs that this process has committed and not relayed yet, so that a relay which keeps up need not read them back. The outbox is the
 * truth: what is kept here is in it under the same numbers, without gaps, and anything may be missing here. What was not kept is `missed`,
 * and the relay looks into the table for it.
 */
export class FreshOutputs {
  readonly #runs = new Map<string, Run>();
  #keeps = false;
  #missed = true;

  /** From here on outputs are kept: this process relays. */
  begin(): void {
    this.#runs.clear();
    this.#keeps = true;
    this.#missed = true;
  }

  end(): void {
    this.#runs.clear();
    this.#keeps = false;
  }

  /** Takes outputs that are committed, numbered from `first` on. */
  add(origin: RelayOrigin, first: number, records: readonly EncodedRecord[]): void {
    if (!this.#keeps) return;
    const id = idOf(origin);
    const run = this.#runs.get(id);
    if (run === undefined) {
      if (records.length <= MOST_KEPT) this.#runs.set(id, { first, records: [...records] });
      else this.#missed = true;
    } else if (run.first + run.records.length === first && run.records.length + records.length <= MOST_KEPT) {
      for (const record of records) run.records.push(record);
    } else {
      this.#missed = true;
    }
  }

  /** There are outputs in the table that were not kept. */
  miss(): void {
    this.#missed = true;
  }

  /** Whether so many wait that it is better to let the relay catch up first. Never where another process relays. */
  areMany(origin: RelayOrigin): boolean {
    return (this.#runs.get(idOf(origin))?.records.length ?? 0) >= MANY;
  }

  /** At most `limit` outputs from a position on, in order; none where the table has to be asked. What lies before it is let go. */
  from(position: RelayPosition, limit: number): OutboxRow[] {
    const id = idOf(position);
    const run = this.#runs.get(id);
    if (run === undefined) return [];
    if (run.first > position.seq) {
      this.#missed = true;
      return [];
    }
    this.letGo(position);
    const { topic, partition } = position;
    const origin = { topic, partition };
    return run.records.slice(0, limit).map((record, place) => ({ ...record, origin, seq: position.seq + place }));
  }

  /** What lies before a position has been relayed. */
  letGo(position: RelayPosition): void {
    const id = idOf(position);
    const run = this.#runs.get(id);
    if (run === undefined || run.first > position.seq) return;
    run.records.splice(0, position.seq - run.first);
    run.first = position.seq;
    if (run.records.length === 0) this.#runs.delete(id);
  }

  /** Whether the table holds something, as far as is known, that had to be there and was not here since the last call. */
  takeMissed(): boolean {
    const missed = this.#missed;
    this.#missed = false;
    return missed;
  }
}

function idOf({ topic, partition }: RelayOrigin): string {
  return `${partition}/${topic}`;
}
