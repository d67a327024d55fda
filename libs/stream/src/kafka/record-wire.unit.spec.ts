import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecord, writeRecord, type BatchContext, type RecordSource, type RecordToWrite } from './record-wire.js';

const require = createRequire(import.meta.url);
const theirs = {
  write: require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: RecordToWrite) => {
    buffer: Buffer;
  },
  read: require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (
    source: RecordSource,
    batch: BatchContext,
  ) => unknown,
  Decoder: require('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => RecordSource,
};

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
  fc.constantFrom('', 'a'.repeat(63), 'a'.repeat(64), 'é'.repeat(40), 'x'.repeat(70_000)),
);
const bytes = fc.oneof(
  text,
  text.map((value) => Buffer.from(value)),
);
const record = fc.record({
  offsetDelta: fc.nat(2 ** 30),
  timestampDelta: fc.integer({ min: -(2 ** 30), max: 2 ** 45 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  // Of a header with the name of what every object has, kafkajs would make an array.
  headers: fc.dictionary(
    text.filter((name) => !(name in Object.prototype)),
    fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })),
    { maxKeys: 8 },
  ),
});
const batch = fc.record({
  firstOffset: fc.nat(Number.MAX_SAFE_INTEGER - 2 ** 31).map(String),
  firstTimestamp: fc.nat(2 ** 45).map(String),
  maxTimestamp: fc.nat(2 ** 45).map(String),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

/** kafkajs reads the length before it hands the record over. */
function sourceOf(written: Buffer): RecordSource {
  const whole = new theirs.Decoder(written) as RecordSource & { readVarIntBytes(): Buffer };
  return new theirs.Decoder(whole.readVarIntBytes());
}

describe('a record in a batch', () => {
  it('is written byte by byte as kafkajs writes it', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(writeRecord(one).buffer.equals(theirs.write(one).buffer)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is read as kafkajs reads it', () => {
    fc.assert(
      fc.property(record, batch, (one, context) => {
        const written = theirs.write(one).buffer;
        expect(readRecord(sourceOf(written), context)).toEqual(theirs.read(sourceOf(written), context));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps headers apart from what every object has', () => {
    const headers = Object.fromEntries(['__proto__', 'toString', 'constructor'].map((name) => [name, ['a', 'b']]));
    const read = readRecord(sourceOf(writeRecord({ value: null, headers }).buffer), {
      firstOffset: '0',
      firstTimestamp: '0',
      magicByte: 2,
    });
    expect(Object.entries(read.headers).map(([name, values]) => [name, String(values)])).toEqual([
      ['__proto__', 'a,b'],
      ['toString', 'a,b'],
      ['constructor', 'a,b'],
    ]);
  });

  it('is not changed by records written after it', () => {
    const first = writeRecord({ value: 'first' });
    writeRecord({ value: 'second, and longer' });
    expect(first.buffer.toString()).toContain('first');
  });
});
