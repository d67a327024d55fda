import type { EncodedRecord } from './encoded-record.js';
import { StreamError } from './stream-error.js';

interface Waiting {
  readonly records: readonly EncodedRecord[];
  /** The partitions the records go to. */
  readonly places: ReadonlySet<string>;
  resolve(): void;
  reject(error: unknown): void;
}

/** More records than this in one transaction gain nothing and make others wait. */
const mostRecords = 5_000;
/** Transactions side by side; each holds a connection. */
const mostWrites = 3;

/** What may wait to be written before more is refused. */
export interface PublishLimits {
  readonly records: number;
  /** Of keys and values, as characters: a text of one byte each takes one, any other two. */
  readonly characters: number;
}

const defaultLimits: PublishLimits = { records: 50_000, characters: 64 * 1_048_576 };

/**
 * Gathers the publishes that arrive while others are being written into the next transaction. A partition's head row is locked until the
 * commit has reached the disk, so without this a partition would take no more than one publish per flush of the disk.
 * Publishes to one partition keep the order in which they came; a partition held up by another process holds up no other.
 *
 * A log that is slow or away must not cost memory without end: with more than the limits waiting, further publishes are refused at once.
 */
export class PublishQueue {
  readonly #write: (records: readonly EncodedRecord[]) => Promise<void>;
  readonly #busy = new Set<string>();
  readonly #writes = new Set<Promise<void>>();
  readonly #limits: PublishLimits;
  readonly #held = { records: 0, characters: 0 };
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(write: (records: readonly EncodedRecord[]) => Promise<void>, limits: PublishLimits = defaultLimits) {
    this.#write = write;
    this.#limits = limits;
  }

  /** Resolves when the records are committed; rejects with the reason where they are not, `log_unavailable` where too many wait already. */
  async add(records: readonly EncodedRecord[]): Promise<void> {
    if (this.#held.records >= this.#limits.records || this.#held.characters >= this.#limits.characters) {
      throw new StreamError('log_unavailable', `${this.#held.records} records wait for the log; send again in a while`);
    }
    const characters = records.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
    this.#held.records += records.length;
    this.#held.characters += characters;
    try {
      await this.#enqueue(records);
    } finally {
      this.#held.records -= records.length;
      this.#held.characters -= characters;
    }
  }

  #enqueue(records: readonly EncodedRecord[]): Promise<void> {
    const places = new Set(records.map((record) => `${record.partition}/${record.topic}`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, places, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // What one turn of the event loop publishes goes together.
      setImmediate(() => {
        this.#scheduled = false;
        this.#startWrites();
      });
    });
  }

  /** Resolves when nothing is waiting any more. */
  async settled(): Promise<void> {
    while (this.#writes.size > 0 || this.#waiting.length > 0) {
      await Promise.all(this.#writes);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #startWrites(): void {
    while (this.#waiting.length > 0 && this.#writes.size < mostWrites) {
      const group = this.#takeGroup();
      if (group.length === 0) return;
      const write = this.#writeGroup(group).finally(() => {
        this.#writes.delete(write);
        this.#startWrites();
      });
      this.#writes.add(write);
    }
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const places = group.flatMap((one) => [...one.places]);
    for (const place of places) this.#busy.add(place);
    try {
      await this.#write(group.flatMap((one) => one.records));
      for (const one of group) one.resolve();
    } catch (error) {
      for (const one of group) one.reject(error);
    } finally {
      for (const place of places) this.#busy.delete(place);
    }
  }

  /** The first publishes whose partitions neither are being written nor are wanted by an earlier publish that has to wait. */
  #takeGroup(): Waiting[] {
    const taken = new Set(this.#busy);
    const group: Waiting[] = [];
    const left: Waiting[] = [];
    let size = 0;
    for (const one of this.#waiting) {
      const fits = group.length === 0 || size + one.records.length <= mostRecords;
      if (fits && [...one.places].every((place) => !taken.has(place))) {
        group.push(one);
        size += one.records.length;
      } else {
        left.push(one);
        for (const place of one.places) taken.add(place);
      }
    }
    this.#waiting = left;
    return group;
  }
}
