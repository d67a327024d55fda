import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

const theirs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/crc32C.js') as (
  bytes: Buffer,
) => number;

describe('the checksum of a batch', () => {
  it('is the one that the algorithm is published with', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(0))).toBe(0);
  });

  it('is what kafkajs finds, of any length and wherever the bytes lie', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, fc.nat(9), (whole, from) => {
        const part = Buffer.from(whole).subarray(from);
        expect(crc32c(part)).toBe(theirs(part));
      }),
    );
  });
});
