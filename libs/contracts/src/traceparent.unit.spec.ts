import { describe, expect, it } from 'vitest';
import { traceparentIn } from './traceparent.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';

describe('the trace that headers name', () => {
  it('is taken as it stands', () => {
    expect(traceparentIn({ traceparent: `00-${trace}-${parent}-01` })).toBe(`00-${trace}-${parent}-01`);
  });

  it('is read from a later version as far as this one goes', () => {
    expect(traceparentIn({ traceparent: `cc-${trace}-${parent}-ff-what-comes-later` })).toBe(
      `00-${trace}-${parent}-01`,
    );
    expect(traceparentIn({ traceparent: `01-${trace}-${parent}-02` })).toBe(`00-${trace}-${parent}-00`);
  });

  it.each<[string, unknown]>([
    ['is not there', undefined],
    ['is no text', 17],
    ['is empty', ''],
    ['has upper case', `00-${trace.toUpperCase()}-${parent}-01`],
    ['names no trace', `00-${'0'.repeat(32)}-${parent}-01`],
    ['names no parent', `00-${trace}-${'0'.repeat(16)}-01`],
    ['is too short', `00-${trace}-${parent}`],
    ['has more than its version allows', `00-${trace}-${parent}-01-more`],
    ['has the version that there is not', `ff-${trace}-${parent}-01`],
    ['came twice', `00-${trace}-${parent}-01, 00-${trace}-${parent}-01`],
  ])('is none where it %s', (_what, traceparent) => {
    expect(traceparentIn({ traceparent })).toBeNull();
  });
});
