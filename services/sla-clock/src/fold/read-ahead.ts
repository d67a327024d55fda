import type { Sql } from '@punctual/stream';
import { loadMissing } from './load-missing.js';
import type { PartitionMemory } from './partition-memory.js';
import { idOfKey } from './ticket-row.js';

/** From the end of a batch, ms: other partitions are still folding theirs under the same watermark. */
const PAUSE_MS = 200;

/** Tickets due this much later than the last watermark folded are read, ms of their source's time: a watermark comes about once a second. */
const AHEAD_MS = 2_000;

/** The most tickets read for a partition; of what falls due at once the rest is read as it is folded. */
const MOST_TICKETS = 500;

/**
 * Between two watermarks there is time: the tickets due under the next are read and parsed in it, so that the next finds them in memory.
 *
 * It reads what is committed, on a connection of the pool and outside any unit of work. That is sound because only the partition's owner
 * writes its tickets, and no batch of it runs meanwhile: each waits for `rest`. Should the partition have gone to another owner, what was
 * read is never used, since its spell can commit nothing any more.
 */
export class ReadAhead {
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly sql: Sql,
    private readonly memory: PartitionMemory,
  ) {}

  /** A batch has been committed. */
  start(): void {
    this.timer = setTimeout(() => (this.reading = this.read()), PAUSE_MS).unref();
  }

  /** Resolves when nothing is being read any more: the memory is the caller's. */
  async rest(): Promise<void> {
    clearTimeout(this.timer);
    await this.reading;
  }

  private async read(): Promise<void> {
    const next = this.memory.dueNext(AHEAD_MS, MOST_TICKETS).map(idOfKey);
    if (next.length === 0) return;
    try {
      await loadMissing(this.sql, this.memory, next);
    } catch {
      // The fold reads them itself, meets the same fault and reports it.
    }
  }
}
