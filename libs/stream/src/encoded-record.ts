import { eventHeadOf, type EventHead } from './event-head.js';
import type { LogRecord, OutgoingRecord } from './event-log.js';
import { StreamError } from './stream-error.js';

/** A record as a log stores it: the value is text, JSON unless it came malformed from elsewhere. */
export interface EncodedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the event in it; absent where only the text is at hand, and has to be read for it. */
  readonly event?: EventHead | null;
}

/** The stored text of records handed out, so that a dead letter carries the original and not a copy that JSON has rounded. */
const originals = new WeakMap<LogRecord, string>();

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** Writes a record as text. Throws `invalid_record` for what no log can hold: those are bugs of the caller. */
export function encodeRecord(record: OutgoingRecord, partitions: number): EncodedRecord {
  const { topic, partition, key, headers = noHeaders } = record;
  if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
    throw new StreamError('invalid_record', `partition ${partition} of '${topic}' is outside 0..${partitions - 1}`);
  }
  if (key.includes('\u0000')) throw new StreamError('invalid_record', `a key of '${topic}' contains a NUL character`);
  const encoded = { topic, partition, key, value: encodeValue(record), headers };
  return record.text === undefined ? { ...encoded, event: eventHeadOf(record.value) } : encoded;
}

function encodeValue(record: OutgoingRecord): string {
  if (record.text !== undefined) return record.text;
  try {
    const text = JSON.stringify(record.value) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    throw new StreamError('invalid_record', `a value for '${record.topic}' is not JSON`, { cause: error });
  }
  throw new StreamError('invalid_record', `a value for '${record.topic}' is ${typeof record.value}, which is not JSON`);
}

export interface StoredRecord extends EncodedRecord {
  readonly offset: number;
  readonly appendedAt: number;
}

/** Reads a stored record; text that is not JSON becomes null, with the text itself in `malformed`. */
export function decodeRecord(stored: StoredRecord): LogRecord {
  const { topic, partition, offset, key, headers, appendedAt } = stored;
  const parsed = parse(stored.value);
  const record: LogRecord = { topic, partition, offset, key, ...parsed, headers, appendedAt };
  originals.set(record, stored.value);
  return record;
}

function parse(text: string): { value: unknown; malformed?: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { value: null, malformed: text };
  }
}

/** The text a record was stored as. */
export function originalText(record: LogRecord): string {
  return originals.get(record) ?? record.malformed ?? JSON.stringify(record.value ?? null);
}
