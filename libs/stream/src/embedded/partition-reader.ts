import type { Sql } from '../event-log.js';
import type { PartitionFold } from '../partition-fold.js';
import { StreamError } from '../stream-error.js';
import type { Turnstile } from '../turnstile.js';
import type { LogHeads } from './log-heads.js';
import { readRecords } from './read-records.js';

export interface ReaderSettings {
  readonly topic: string;
  readonly partition: number;
  readonly fold: PartitionFold;
  readonly sql: Sql;
  readonly heads: LogHeads;
  readonly maxBatch: number;
  /** How long a position moved by idle units may stay unsaved, ms. */
  readonly savePositionMs: number;
  /** Bounds how many partitions fold side by side, and so the connections they hold. */
  readonly turnstile: Turnstile;
  readonly signal: AbortSignal;
  onProgress(): void;
}

/** How soon it is looked again whether there is room for what can wait. */
const leisureMs = 20;

/** Reads one partition and folds it, batch after batch, until `signal` is aborted. Never rejects. */
export async function readPartition(settings: ReaderSettings): Promise<void> {
  const { topic, partition, fold, heads, signal, turnstile } = settings;
  let unsavedSince = 0;
  while (!signal.aborted) {
    const position = fold.position;
    if (position === undefined) {
      await fold.rest();
      if (!signal.aborted) await turnstile.pass(() => fold.claim());
      continue;
    }
    if (!fold.hasUnsavedPosition) unsavedSince = performance.now();
    const unsavedLeft = unsavedSince + settings.savePositionMs - performance.now();
    if (heads.end(topic, partition) > position) await turnstile.pass(() => foldNext(settings, position));
    else await goOnOrWait(settings, position, Math.max(unsavedLeft, 1));
    settings.onProgress();
    if (fold.hasUnsavedPosition && unsavedLeft <= 0) await turnstile.pass(() => fold.savePosition());
  }
  await turnstile.pass(() => fold.savePosition());
}

/** Does what needs no records, where there is such and room for it; waits for records otherwise, at most `ms`. */
async function goOnOrWait(settings: ReaderSettings, position: number, ms: number): Promise<void> {
  const { topic, partition, fold, heads, signal, turnstile } = settings;
  if (!fold.goesOn) return heads.waitBeyond(topic, partition, position, ms, signal);
  const unit = turnstile.passAtLeisure(() => fold.goOn());
  await (unit ?? heads.waitBeyond(topic, partition, position, Math.min(ms, leisureMs), signal));
}

async function foldNext({ topic, partition, fold, sql, maxBatch }: ReaderSettings, position: number): Promise<void> {
  try {
    const records = await readRecords(sql, topic, partition, position, maxBatch);
    const first = records[0]?.offset;
    // Offsets have no holes here, so a later first record means that those before it were trimmed under this reader.
    if (first !== position) {
      throw new StreamError(
        'input_gap',
        `partition ${partition} of '${topic}' was to be read from offset ${position}, but the next record there is ${first ?? 'gone'}`,
      );
    }
    await fold.fold(records);
  } catch (error) {
    fold.fail(error);
  }
}
