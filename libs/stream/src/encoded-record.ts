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
  const { value, malformed } = parse(stored.value);
  return new DecodedRecord(stored, value, malformed);
}

/**
 * A record with the text it was stored as, so that a dead letter carries the original and not a copy that JSON has rounded. The text is a
 * private field: a WeakMap beside the records cost as much again as parsing them.
 */
class DecodedRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly appendedAt: number;
  readonly malformed?: string;
  readonly #original: string;

  constructor(
    { topic, partition, offset, key, value: original, headers, appendedAt }: StoredRecord,
    readonly value: unknown,
    malformed: string | undefined,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.key = key;
    this.headers = headers;
    this.appendedAt = appendedAt;
    if (malformed !== undefined) this.malformed = malformed;
    this.#original = original;
  }

  /** Of a record read from a log; undefined of one that was put together elsewhere, from another or anew. */
  static originalOf(record: LogRecord): string | undefined {
    return #original in record ? record.#original : undefined;
  }
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
  return DecodedRecord.originalOf(record) ?? record.malformed ?? JSON.stringify(record.value ?? null);
}
