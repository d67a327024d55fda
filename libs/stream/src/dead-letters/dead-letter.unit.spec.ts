import { describe, expect, it } from 'vitest';
import { encodeDeadLetter, readDeadLetter, redrivenRecord } from './dead-letter.js';
import { decodeRecord } from '../encoded-record.js';

const stored = {
  topic: 'tickets.received',
  partition: 3,
  offset: 41,
  key: 'desk/7',
  appendedAt: 0,
  headers: { trace: 't' },
};
const failure = { code: 'invalid_record', detail: 'no id', stage: 'classifier' };

describe('a dead letter', () => {
  it('keeps the value to the last character, which parsing would have changed', () => {
    const value = '{ "n": 12345678901234567890, "n": 1.0 }';
    const letter = encodeDeadLetter(decodeRecord({ ...stored, value }), failure);
    expect(letter).toMatchObject({ topic: 'tickets.received.dlq', partition: 3, key: 'desk/7', value });
  });

  it('comes back as it was, with its failure and without its headers when redriven', () => {
    const letter = encodeDeadLetter(decodeRecord({ ...stored, value: '{"a":1}' }), failure);
    const read = decodeRecord({ ...letter, offset: 0, appendedAt: 1 });
    expect(readDeadLetter(read)).toEqual({
      ...failure,
      origin: { topic: 'tickets.received', partition: 3, offset: 41 },
      attempt: 1,
    });
    expect(redrivenRecord(read)).toEqual({
      topic: 'tickets.received',
      partition: 3,
      key: 'desk/7',
      value: { a: 1 },
      headers: { trace: 't', 'dead-letter-attempt': '1' },
    });
  });

  it('cannot be redriven where its value is not JSON, nor where the record is none', () => {
    const letter = encodeDeadLetter(decodeRecord({ ...stored, value: '{' }), failure);
    expect(() => redrivenRecord(decodeRecord({ ...letter, offset: 0, appendedAt: 1 }))).toThrow(/not JSON/);
    expect(() => redrivenRecord(decodeRecord({ ...stored, value: '1' }))).toThrow(/no dead letter/);
  });
});
