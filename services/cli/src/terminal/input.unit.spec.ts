import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from './input.js';

async function linesOf(text: string, pieces: number): Promise<(string | null)[]> {
  const bytes = Buffer.from(text);
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
  };
  const lines: (string | null)[] = [];
  for await (const some of readLines(chunks())) lines.push(...some.map(({ text: line }) => line));
  return lines;
}

describe('lines of an input', () => {
  it('are the same however it is cut into pieces', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n\ufeff]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (lines, pieces) => {
        expect(await linesOf(lines.map((text) => `${text}\n`).join(''), pieces)).toEqual(lines);
      }),
      { numRuns: 100 },
    );
  });

  it('lose their ends and the byte order mark; the last needs no end', async () => {
    expect(await linesOf('\ufeffa\r\n\r\nb', 2)).toEqual(['a', '', 'b']);
  });
});
