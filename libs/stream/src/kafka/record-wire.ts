import type { IHeaders } from 'kafkajs';

/**
 * Records as they stand in a batch of Kafka's protocol (message format v2), written into one buffer and read from one. kafkajs 2.2.4 does the
 * same with a buffer of 512 zeros for each record and each of its headers, and with a copy of all headers for each that it reads: with the
 * seven headers of an event that took 32 µs a record to write and 6 µs to read, where this takes 2 and 3 (docs/adr/0005).
 */

type Bytes = Buffer | string | null | undefined;

/** What kafkajs hands over of a record to be written; deltas are to the batch's first record. */
export interface RecordToWrite {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Bytes;
  readonly value: Bytes;
  readonly headers?: IHeaders;
}

/** kafkajs takes only these two of what it thinks is its own encoder. */
export interface WrittenRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/** Room for a length before what it is the length of. */
const MOST_LENGTH_BYTES = 5;
/** Texts below this length are written character by character: for these a call into native code costs more. */
const SHORT_TEXT = 64;

let page = Buffer.allocUnsafeSlow(65_536);
let end = 0;

export function writeRecord({
  offsetDelta = 0,
  timestampDelta = 0,
  key,
  value,
  headers = {},
}: RecordToWrite): WrittenRecord {
  end = MOST_LENGTH_BYTES;
  makeRoom(32);
  page[end++] = 0;
  writeVarInt(timestampDelta);
  writeVarInt(offsetDelta);
  writeBytes(key);
  writeBytes(value);
  writeHeaders(headers);
  const bodyEnd = end;
  const lengthBytes = varIntBytes(bodyEnd - MOST_LENGTH_BYTES);
  const start = MOST_LENGTH_BYTES - lengthBytes;
  end = start;
  writeVarInt(bodyEnd - MOST_LENGTH_BYTES);
  const buffer = Buffer.from(page.subarray(start, bodyEnd));
  return { buf: buffer, buffer };
}

function writeHeaders(headers: IHeaders): void {
  const names = Object.keys(headers);
  let count = names.length;
  for (const name of names) {
    const value = headers[name];
    if (Array.isArray(value)) count += value.length - 1;
  }
  makeRoom(MOST_LENGTH_BYTES);
  writeVarInt(count);
  for (const name of names) {
    const value = headers[name];
    if (Array.isArray(value)) for (const one of value) writeHeader(name, one);
    else writeHeader(name, value);
  }
}

function writeHeader(name: string, value: Bytes): void {
  writeBytes(name);
  writeBytes(value);
}

function writeBytes(value: Bytes): void {
  if (value === null || value === undefined) {
    makeRoom(1);
    writeVarInt(-1);
  } else if (typeof value !== 'string') {
    makeRoom(value.length + MOST_LENGTH_BYTES);
    writeVarInt(value.length);
    end += value.copy(page, end);
  } else if (value.length >= SHORT_TEXT || !writeShortAscii(value)) {
    const length = Buffer.byteLength(value);
    makeRoom(length + MOST_LENGTH_BYTES);
    writeVarInt(length);
    end += page.write(value, end);
  }
}

/** False, and nothing is written, where the text is not ASCII. */
function writeShortAscii(text: string): boolean {
  const { length } = text;
  makeRoom(length + 1);
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    page[end + 1 + index] = code;
  }
  // Shorter than 64: its length, in zigzag, is one byte.
  page[end] = length * 2;
  end += length + 1;
  return true;
}

/** Zigzag, seven bits a byte; reckoned in numbers, since an instant has more than 32 bits. */
function writeVarInt(value: number): void {
  let left = zigzag(value);
  for (; left > 0x7f; left = Math.floor(left / 128)) page[end++] = (left % 128) | 0x80;
  page[end++] = left;
}

function varIntBytes(value: number): number {
  let bytes = 1;
  for (let left = zigzag(value); left > 0x7f; left = Math.floor(left / 128)) bytes += 1;
  return bytes;
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function makeRoom(bytes: number): void {
  if (end + bytes <= page.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(page.length * 2, end + bytes));
  page.copy(larger, 0, 0, end);
  page = larger;
}

/** Where a record is read from: kafkajs' decoder, at the record's attributes. */
export interface RecordSource {
  readonly buffer: Buffer;
  offset: number;
}

/** What kafkajs knows of the batch a record is in. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp?: string;
  readonly magicByte: number;
  readonly isControlBatch?: boolean;
  /** 1: the broker's time of appending. */
  readonly timestampType?: number;
}

const LOG_APPEND_TIME = 1;

/** Reads a record as kafkajs gives it to consumers; several headers of one name become an array. */
export function readRecord(source: RecordSource, batch: BatchContext) {
  const { buffer } = source;
  const attributes = buffer.readInt8(source.offset);
  source.offset += 1;
  const timestampDelta = readVarInt(source);
  const offsetDelta = readVarInt(source);
  const isAppendTime = batch.timestampType === LOG_APPEND_TIME && batch.maxTimestamp !== undefined;
  return {
    magicByte: batch.magicByte,
    attributes,
    timestamp: isAppendTime ? batch.maxTimestamp : String(Number(batch.firstTimestamp) + timestampDelta),
    offset: String(Number(batch.firstOffset) + offsetDelta),
    key: readBytes(source),
    value: readBytes(source),
    headers: readHeaders(source),
    isControlRecord: batch.isControlBatch ?? false,
    batchContext: batch,
  };
}

type Header = Buffer | null | (Buffer | null)[];

function readHeaders(source: RecordSource): Record<string, Header> {
  const headers: Record<string, Header> = {};
  for (let left = readVarInt(source); left > 0; left -= 1) {
    const name = readText(source);
    const value = readBytes(source);
    // Names are anybody's: none may mean what every object has.
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    const now = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
    if (name === '__proto__')
      Object.defineProperty(headers, name, { value: now, enumerable: true, configurable: true });
    else headers[name] = now;
  }
  return headers;
}

function readText(source: RecordSource): string {
  const length = readVarInt(source);
  const from = source.offset;
  source.offset += length;
  return source.buffer.toString('utf8', from, source.offset);
}

function readBytes(source: RecordSource): Buffer | null {
  const length = readVarInt(source);
  if (length < 0) return null;
  const from = source.offset;
  source.offset += length;
  return source.buffer.subarray(from, source.offset);
}

function readVarInt(source: RecordSource): number {
  let read = 0;
  for (let unit = 1; ; unit *= 128) {
    const byte = source.buffer[source.offset++] ?? 0;
    read += (byte & 0x7f) * unit;
    if (byte < 0x80) break;
  }
  return read % 2 === 0 ? read / 2 : -(read + 1) / 2;
}
