import { backoffMs, pause } from '../backoff.js';
import { StreamError } from '../stream-error.js';
import { describeError, type StreamLogger } from '../stream-logger.js';
import type { ClaimedPartition, RawRecord, Translated, UpstreamDelivery } from './upstream.js';

export interface UpstreamPartitionSettings {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly delivery: UpstreamDelivery;
  readonly logger: StreamLogger;
  readonly retryMs: number;
  readonly signal: AbortSignal;
  clusterId(): string;
  translate(records: readonly RawRecord[]): Promise<Translated>;
  range(): Promise<{ readonly start: number; readonly end: number }>;
  seek(offset: number): void;
}

/** What the consumer fetched: consecutive offsets from `first` up to but not including `next`, less transactions' bookkeeping. */
export interface FetchedRecords {
  readonly first: number;
  readonly next: number;
  readonly records: readonly RawRecord[];
}

/** Records in one delivery: a Kafka transaction costs some 6 ms whatever its size. */
const mostDelivered = 500;

/**
 * Reads one partition of a stream, as long as this member owns it:
 *
 *     unclaimed ──claim──▶ owned ──delivered──▶ owned
 *         ▲                  │
 *         └──── released ◀───┘ a delivery failed, or the partition went elsewhere
 *
 * The claim fences whoever owned it before and only then reads the position, so what was fetched counts only where it continues the
 * position; all else is dropped, and the consumer is sent to where it has to read.
 */
export class UpstreamPartition {
  readonly #settings: UpstreamPartitionSettings;
  #claimed: ClaimedPartition | null = null;
  #position = 0;
  #readUntil: number | null = null;
  #failures = 0;
  #problem: { readonly refused: boolean; readonly what: string } | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: UpstreamPartitionSettings) {
    this.#settings = settings;
  }

  /** What is in the way; null while nothing is. */
  get problem(): { readonly refused: boolean; readonly what: string } | null {
    return this.#problem;
  }

  /** Delivers what was fetched; `heartbeat` may throw, to say that the group has changed. */
  read(fetched: FetchedRecords, heartbeat: () => Promise<void>): Promise<void> {
    return this.#inTurn(() => this.#readAll(fetched, heartbeat));
  }

  /** Gives the partition up; the next read claims it anew. */
  release(): Promise<void> {
    return this.#inTurn(() => this.#release());
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #readAll(fetched: FetchedRecords, heartbeat: () => Promise<void>): Promise<void> {
    const { signal } = this.#settings;
    for (let done = false; !done && !signal.aborted;) {
      // Between deliveries too: all that was fetched may take longer than a session.
      await heartbeat();
      try {
        if (this.#claimed === null) await this.#claim();
        if (fetched.first > this.#position || fetched.next <= this.#position) {
          await this.#findBack(fetched);
          done = true;
        } else {
          await this.#deliverSome(fetched);
          done = this.#position >= fetched.next;
        }
        this.#failures = 0;
        this.#problem = null;
      } catch (error) {
        await this.#rest(error, heartbeat);
      }
    }
  }

  async #claim(): Promise<void> {
    const { delivery, partition, clusterId } = this.#settings;
    const claimed = await delivery.claim(clusterId(), partition);
    this.#claimed = claimed;
    this.#position = claimed.position.next;
    this.#readUntil = claimed.position.readUntil;
  }

  async #deliverSome({ next, records }: FetchedRecords): Promise<void> {
    const fresh = records.filter(({ offset }) => offset >= this.#position);
    const some = fresh.slice(0, mostDelivered);
    const following = fresh[mostDelivered];
    const { outputs, readUntil } =
      some.length === 0 ? { outputs: [], readUntil: null } : await this.#settings.translate(some);
    const position = {
      next: following === undefined ? next : following.offset,
      readUntil: latest(this.#readUntil, readUntil),
    };
    await this.#claimed?.deliver(outputs, position);
    this.#position = position.next;
    this.#readUntil = position.readUntil;
  }

  /** What was fetched does not continue the position: after a claim for no reason that matters, or because the topic has lost it. */
  async #findBack({ first }: FetchedRecords): Promise<void> {
    const { topic, partition, seek } = this.#settings;
    const wanted = this.#position;
    const { start, end } = await this.#settings.range();
    if (wanted < start && first > wanted) {
      throw new StreamError(
        'input_gap',
        `partition ${partition} of '${topic}' was to be read from offset ${wanted}, but it now starts at ${start}: records are gone unread`,
      );
    }
    if (wanted > end) {
      throw new StreamError(
        'log_changed',
        `partition ${partition} of '${topic}' was to be read from offset ${wanted}, but it ends at ${end}: the topic was made anew`,
      );
    }
    seek(wanted);
  }

  async #rest(error: unknown, heartbeat: () => Promise<void>): Promise<void> {
    const { name, partition, logger, retryMs, signal } = this.#settings;
    await this.#release();
    this.#failures += 1;
    const refused = error instanceof StreamError && (error.code === 'input_gap' || error.code === 'log_changed');
    this.#problem = { refused, what: error instanceof Error ? error.message : String(error) };
    if (this.#failures === 1 || !refused) {
      const details = { upstream: name, partition, failures: this.#failures, ...describeError(error) };
      logger.warn('a partition of an upstream stands still and will be tried again', details);
    }
    const until = performance.now() + (refused ? retryMs : backoffMs(this.#failures, 100, retryMs));
    for (let left = until - performance.now(); left > 0 && !signal.aborted; left = until - performance.now()) {
      await pause(Math.min(left, 1_000), signal);
      await heartbeat();
    }
  }

  async #release(): Promise<void> {
    const claimed = this.#claimed;
    this.#claimed = null;
    await claimed?.release();
  }
}

function latest(known: number | null, read: number | null): number | null {
  if (known === null || read === null) return known ?? read;
  return Math.max(known, read);
}
