import { createRequire } from 'node:module';
import { crc32c } from './crc32c.js';
import { readRecord, writeRecord } from './record-wire.js';

const require = createRequire(import.meta.url);

/** The part of kafkajs' encoder that is put right here: bytes to send, and room for more. */
interface Encoder {
  buf: Buffer;
  readonly offset: number;
}

interface EncoderClass {
  readonly prototype: Encoder & { ensureAvailable(length: number): void };
}

/**
 * kafkajs 2.2.4 spends more on writing records into a batch, and reading them out of one, than on everything else it does. These modules of
 * it stand apart from the rest and are loaded with the first request of their kind; ours take their place before that (docs/adr/0005). Where its
 * encoder needs more room it takes zeros, which are written over at once or never sent.
 */
export function quickenKafkajs(): void {
  const { prototype } = require('kafkajs/src/protocol/encoder.js') as EncoderClass;
  prototype.ensureAvailable = function ensureAvailable(this: Encoder, length: number): void {
    const needed = this.offset + length;
    if (needed <= this.buf.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buf.length));
    this.buf.copy(larger, 0, 0, this.offset);
    this.buf = larger;
  };
  replaceModule('kafkajs/src/protocol/recordBatch/crc32C/index.js', crc32c);
  replaceModule('kafkajs/src/protocol/recordBatch/record/v0/index.js', writeRecord);
  replaceModule('kafkajs/src/protocol/recordBatch/record/v0/decoder.js', readRecord);
}

/** Throws where kafkajs has no such module: it is another version than the one this was made for. */
function replaceModule(name: string, replacement: unknown): void {
  require(name);
  const loaded = require.cache[require.resolve(name)];
  if (loaded === undefined) throw new Error(`${name} is not where kafkajs is loaded from`);
  loaded.exports = replacement;
}
