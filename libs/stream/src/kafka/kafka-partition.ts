import type { LogRecord } from '../event-log.js';
import type { PartitionFold } from '../partition-fold.js';
import { StreamError } from '../stream-error.js';
import type { Turnstile } from '../turnstile.js';
import type { LogRange } from './kafka-topics.js';

export interface KafkaPartitionSettings {
  readonly topic: string;
  readonly partition: number;
  readonly fold: PartitionFold;
  readonly maxBatch: number;
  /** How long a position moved by idle units may stay unsaved, ms. */
  readonly savePositionMs: number;
  /** Bounds how many partitions fold side by side, and so the connections they hold. */
  readonly turnstile: Turnstile;
  readonly signal: AbortSignal;
  logRange(): Promise<LogRange>;
  /** Lets the consumer fetch from an offset on; without one: not at all. */
  fetchFrom(offset: number): void;
  pauseFetching(): void;
  resumeFetching(): void;
  /** Whether the outputs of this partition wait in so great a number that it is folded no further for now. */
  outboxIsFull(): boolean;
  onProgress(): void;
}

/** Consecutive offsets of the log, from `first` up to but not including `next`; what is not in `records` is transactions' bookkeeping. */
export interface Fetched {
  readonly first: number;
  readonly next: number;
  readonly records: readonly LogRecord[];
}

const outboxPauseMs = 20;
/** How soon it is looked again whether there is room for what can wait. */
const leisureMs = 20;

/**
 * Folds what the consumer fetches of one partition, in order. The consumer does not wait for the fold: it hands over and goes on with
 * other partitions and heartbeats, and is paused for this one while there is enough to fold.
 *
 * The consumer starts anywhere: at the log's start after a join, at a reset after an offset that is gone. So what it fetched counts only
 * where it continues what is here; all else is dropped, and the consumer is sent to the offset that is wanted.
 */
export class KafkaPartition {
  readonly #settings: KafkaPartitionSettings;
  #queue: Fetched[] = [];
  #queued = 0;
  #paused = true;
  /** The offset fetched next; undefined until the position is known. */
  #wanted: number | undefined;
  #astray = false;
  #wake: () => void = () => undefined;
  readonly #claimed: Promise<void>;
  #firstClaim: () => void = () => undefined;
  readonly ended: Promise<void>;

  constructor(settings: KafkaPartitionSettings) {
    this.#settings = settings;
    settings.signal.addEventListener('abort', () => this.#wake());
    this.#claimed = new Promise((resolve) => (this.#firstClaim = resolve));
    settings.pauseFetching();
    this.ended = this.#run();
  }

  /** Resolves when the partition was claimed, or could not be for now. */
  get claimed(): Promise<void> {
    return this.#claimed;
  }

  /** The group was joined again: the consumer has forgotten where it was, and what was paused. */
  rejoined(): void {
    if (this.#paused) this.#settings.pauseFetching();
    if (this.#wanted !== undefined) this.#settings.fetchFrom(this.#wanted);
  }

  offer(fetched: Fetched): void {
    if (this.#wanted === undefined || this.#astray || this.#settings.signal.aborted) return;
    if (fetched.first > this.#wanted || fetched.next <= this.#wanted) {
      this.#astray = true;
    } else {
      const from = this.#wanted;
      const records = fetched.records.filter(({ offset }) => offset >= from);
      this.#queue.push({ first: from, next: fetched.next, records });
      this.#queued += records.length;
      this.#wanted = fetched.next;
      if (this.#queued >= this.#settings.maxBatch && !this.#paused) {
        this.#paused = true;
        this.#settings.pauseFetching();
      }
    }
    this.#wake();
  }

  async #run(): Promise<void> {
    const { fold, signal, turnstile, savePositionMs, onProgress } = this.#settings;
    let unsavedSince = 0;
    while (!signal.aborted) {
      if (fold.position === undefined) {
        await this.#claim();
        continue;
      }
      if (this.#astray) await this.#findBack(fold.position);
      if (!fold.hasUnsavedPosition) unsavedSince = performance.now();
      const unsavedLeft = unsavedSince + savePositionMs - performance.now();
      if (this.#queue.length === 0) await this.#goOnOrWait(Math.max(unsavedLeft, 1));
      else if (this.#settings.outboxIsFull()) await this.#wait(outboxPauseMs);
      else await this.#foldNext();
      onProgress();
      if (fold.hasUnsavedPosition && unsavedLeft <= 0) await turnstile.pass(() => fold.savePosition());
    }
    this.#firstClaim();
    await turnstile.pass(() => fold.savePosition());
  }

  async #claim(): Promise<void> {
    const { fold, signal, turnstile } = this.#settings;
    this.#drop();
    await fold.rest();
    if (signal.aborted) return;
    await turnstile.pass(() => fold.claim());
    this.#firstClaim();
    const { position } = fold;
    if (position !== undefined) this.#fetchFrom(position);
  }

  async #foldNext(): Promise<void> {
    const { fold, turnstile, maxBatch } = this.#settings;
    const records: LogRecord[] = [];
    let reached: number | undefined;
    for (let head = this.#queue[0]; head !== undefined && records.length < maxBatch; head = this.#queue[0]) {
      const taken = head.records.slice(0, maxBatch - records.length);
      records.push(...taken);
      const left = head.records.slice(taken.length);
      if (left[0] !== undefined) {
        this.#queue[0] = { ...head, first: left[0].offset, records: left };
        reached = left[0].offset;
        break;
      }
      this.#queue.shift();
      reached = head.next;
    }
    this.#queued -= records.length;
    if (this.#paused && this.#queued < this.#settings.maxBatch) {
      this.#paused = false;
      this.#settings.resumeFetching();
    }
    if (records.length > 0) await turnstile.pass(() => fold.fold(records));
    if (reached !== undefined) fold.skipTo(reached);
  }

  /** Does what needs no records, where there is such and room for it; waits for records otherwise, at most `ms`. */
  async #goOnOrWait(ms: number): Promise<void> {
    const { fold, turnstile, outboxIsFull } = this.#settings;
    if (!fold.goesOn) return this.#wait(ms);
    const unit = outboxIsFull() ? null : turnstile.passAtLeisure(() => fold.goOn());
    await (unit ?? this.#wait(Math.min(ms, leisureMs)));
  }

  /** What was fetched does not continue what is here: after a join for no reason that matters, or because the log has lost it. */
  async #findBack(position: number): Promise<void> {
    const { fold, topic, partition } = this.#settings;
    try {
      const { start, end } = await this.#settings.logRange();
      const wanted = this.#wanted ?? position;
      if (wanted < start) {
        const gone = `partition ${partition} of '${topic}' was to be read from offset ${wanted}, but it now starts at ${start}`;
        throw new StreamError('input_gap', gone);
      }
      if (wanted > end) {
        const shrunk = `partition ${partition} of '${topic}' was to be read from offset ${wanted}, but it ends at ${end}`;
        throw new StreamError('log_changed', shrunk);
      }
      this.#fetchFrom(wanted);
    } catch (error) {
      fold.fail(error);
    }
  }

  #fetchFrom(offset: number): void {
    this.#wanted = offset;
    this.#astray = false;
    this.#settings.fetchFrom(offset);
    this.#paused = false;
    this.#settings.resumeFetching();
  }

  #drop(): void {
    this.#queue = [];
    this.#queued = 0;
    this.#wanted = undefined;
    this.#astray = false;
    if (this.#paused) return;
    this.#paused = true;
    this.#settings.pauseFetching();
  }

  #wait(ms: number): Promise<void> {
    if (this.#settings.signal.aborted || this.#astray) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
