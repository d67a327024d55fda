import { setTimeout as pause } from 'node:timers/promises';
import { changeAt } from './upstream-example.spec-kit.js';
import type { Stranger } from './upstream-topic.js';

/** Changes written at once, and how long the helpdesk rests after. */
const together = 6;
const restMs = 50;

/** The example's helpdesk at work: it opens tickets without a rest, now, and remembers when the broker had each. */
export class UpstreamWriter {
  /** When each event was in the topic at the latest, epoch ms, by the id that it has at intake. */
  readonly writtenBy = new Map<string, number>();
  readonly #enough = new AbortController();
  readonly #writing: Promise<void>;

  constructor(
    private readonly stranger: Stranger,
    private readonly topic: string,
  ) {
    this.#writing = this.#write();
  }

  /** Resolves when the last change is in the topic. */
  async stop(): Promise<void> {
    this.#enough.abort();
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (let ticket = 1; !this.#enough.signal.aborted; ticket += together) {
      const at = Date.now();
      const tickets = Array.from({ length: together }, (_none, index) => ticket + index);
      await this.stranger.write(
        this.topic,
        tickets.map((one) => changeAt(at, `c${one}`, one, 'opened')),
      );
      const written = Date.now();
      for (const one of tickets) this.writtenBy.set(`c${one}/created`, written);
      await pause(restMs);
    }
  }
}
