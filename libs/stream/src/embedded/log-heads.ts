import type { Sql } from '../event-log.js';

export interface LogRange {
  readonly start: number;
  readonly end: number;
}

/**
 * How far each partition is known to reach, and who waits for it to reach further. Knowledge comes from this process's own commits, and
 * from `refresh` for those of others; it may be behind the log, never ahead of it.
 */
export class LogHeads {
  readonly #ends = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #sql: Sql;
  #refreshing: Promise<void> | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The offset after the last record known. */
  end(topic: string, partition: number): number {
    return this.#ends.get(`${partition}/${topic}`) ?? 0;
  }

  /** A partition is now known to reach `end`. */
  advance(topic: string, partition: number, end: number): void {
    const id = `${partition}/${topic}`;
    if (end <= (this.#ends.get(id) ?? 0)) return;
    this.#ends.set(id, end);
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  /** Asks the database how far every partition reaches. Calls made meanwhile wait for one more query, which sees what they know. */
  async refresh(): Promise<void> {
    const current = this.#refreshing;
    if (current !== undefined) {
      await current.catch(() => undefined);
      if (this.#refreshing !== undefined) return this.#refreshing;
    }
    this.#refreshing = this.#query().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async range(topic: string, partition: number): Promise<LogRange> {
    const [row] = await this.#sql.query<{ start_offset: string; next_offset: string }>(
      'SELECT start_offset, next_offset FROM stream.head WHERE topic = $1 AND partition = $2',
      [topic, partition],
    );
    const range = { start: Number(row?.start_offset ?? 0), end: Number(row?.next_offset ?? 0) };
    this.advance(topic, partition, range.end);
    return range;
  }

  /** Resolves when the partition is known to reach beyond `position`, after `ms`, or when `signal` is aborted. */
  waitBeyond(topic: string, partition: number, position: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.end(topic, partition) > position || signal.aborted) return Promise.resolve();
    const id = `${partition}/${topic}`;
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  async #query(): Promise<void> {
    const rows = await this.#sql.query<{ topic: string; partition: number; next_offset: string }>(
      'SELECT topic, partition, next_offset FROM stream.head',
    );
    for (const row of rows) this.advance(row.topic, row.partition, Number(row.next_offset));
  }
}
