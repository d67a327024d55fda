import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { PARTITIONS } from './deployment.js';

const askEveryMs = 100;

/** Watches the positions of both groups, to say how long after a fault every partition moved again. */
export class RecoveryTimes {
  readonly #movedAt = new Map<string, { position: string; at: number }>();
  readonly #times = new Map<string, number[]>();
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  readonly #databaseUrl: () => string;

  constructor(databaseUrl: () => string) {
    this.#databaseUrl = databaseUrl;
    this.#watching = this.#watch();
  }

  /** Measures a fault that happens now; resolves to how long it took until every partition had moved since, ms. Fails after 60 s. */
  async measure(kind: string): Promise<number> {
    const began = performance.now();
    while (!this.#allMovedSince(began)) {
      if (this.#stopping.signal.aborted) throw new Error('the run was over before');
      if (performance.now() - began > 60_000) {
        throw new Error(`after '${kind}' these stood still for 60 s: ${this.#stillSince(began).join(', ')}`);
      }
      await pause(askEveryMs);
    }
    const times = this.#times.get(kind) ?? [];
    this.#times.set(kind, times);
    const ms = performance.now() - began;
    times.push(ms);
    return ms;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  /** One line a kind: how many, p50 and the longest. */
  table(): string[] {
    const rows = [...this.#times].sort().map(([kind, times]) => {
      const sorted = [...times].sort((a, b) => a - b);
      const at = (share: number): string => ((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1_000).toFixed(1);
      return `  ${kind.padEnd(24)}${String(times.length).padStart(4)}  p50 ${at(0.5).padStart(5)} s  max ${at(1).padStart(5)} s`;
    });
    return ['from the fault to every partition moving again:', ...rows];
  }

  #allMovedSince(began: number): boolean {
    const moved = [...this.#movedAt.values()];
    return moved.length >= 2 * PARTITIONS && moved.every(({ at }) => at > began);
  }

  #stillSince(began: number): string[] {
    return [...this.#movedAt].filter(([, { at }]) => at <= began).map(([place]) => place);
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const client = new pg.Client({ connectionString: this.#databaseUrl(), connectionTimeoutMillis: 2_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (!this.#stopping.signal.aborted) {
          // What a statement sees was committed after it was sent at the latest.
          const at = performance.now();
          const { rows } = await client.query<{ place: string; position: string }>(
            "SELECT group_name || '/' || partition AS place, next_offset AS position FROM stream.position",
          );
          for (const { place, position } of rows) {
            if (this.#movedAt.get(place)?.position !== position) this.#movedAt.set(place, { position, at });
          }
          await pause(askEveryMs);
        }
      } catch {
        await pause(askEveryMs);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}
