import type { Instant } from '@punctual/contracts';
import type { UpstreamReader } from './upstream-reader.js';

/** The longest a watermark waits to learn how far a stream has been read, ms. */
const CHECK_LIMIT_MS = 1_500;

/** All upstream streams of an instance. */
export class Upstreams {
  constructor(private readonly readers: readonly UpstreamReader[]) {}

  start(): void {
    for (const reader of this.readers) reader.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.stop()));
  }

  /** Asks each stream how far it has been read; never throws. */
  async check(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.check(CHECK_LIMIT_MS)));
  }

  /** How far each source has been read, epoch ms: its stream that is furthest behind says. */
  times(): ReadonlyMap<string, Instant> {
    const times = new Map<string, Instant>();
    for (const { source, completeUntil } of this.readers) {
      times.set(source, Math.min(completeUntil, times.get(source) ?? completeUntil));
    }
    return times;
  }

  readings() {
    return this.readers.map((reader) => ({
      name: reader.name,
      state: reader.status().state,
      behind: reader.behind,
      completeUntil: reader.behind === null ? null : reader.completeUntil,
    }));
  }

  /** What is in the way of streams; null while nothing is. A stream that stands still is no reason to send helpdesks elsewhere. */
  remark(): string | null {
    const told = this.readers.flatMap((reader) => {
      const { state, problem } = reader.status();
      return problem === null ? [] : [`${reader.name} is ${state}: ${problem}`];
    });
    return told.length === 0 ? null : told.join('; ');
  }
}
