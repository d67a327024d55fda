import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from './json-fault.js';

describe('findJsonFault', () => {
  it.each([
    ['{"a": 1,}', 1, 9],
    ['{"a" 1}', 1, 6],
    ['[1 2]', 1, 4],
    ['{\n"a": tru\n}', 2, 6],
    ['"open', 1, 1],
    ['{"a": 1', 1, 8],
    ['', 1, 1],
    ['1 1', 1, 3],
    ['[01]', 1, 2],
    ['{"a": }', 1, 7],
    ['[1]]', 1, 4],
  ])('finds it in %j', (text, line, column) => {
    expect(findJsonFault(text)).toMatchObject({ line, column });
  });

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (text, space) => {
        expect(findJsonFault(JSON.stringify(JSON.parse(text), null, space))).toBeNull();
      }),
    );
  });

  it('agrees with JSON.parse on damaged text', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '1', 'e', ' ', '\\'));
    fc.assert(
      fc.property(damaged, ([text, at, put]) => {
        const cut = at % (text.length + 1);
        const candidate = text.slice(0, cut) + put + text.slice(cut + 1);
        expect(findJsonFault(candidate) === null).toBe(parses(candidate));
      }),
      { numRuns: 2_000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
