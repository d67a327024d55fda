import { startPostgres, type TestPostgres } from '@punctual/test-kit';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrayLiteral } from './array-literal.js';

let postgres: TestPostgres;
let client: pg.Client;
beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client(postgres.url);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await postgres.stop();
});

/** PostgreSQL's text has everything but this. */
const text = fc.string({ unit: fc.oneof(fc.constantFrom('"', '\\', ',', '{', '}', ' ', 'NULL'), fc.string()) });
const texts = fc.array(fc.option(text.map((word) => word.replaceAll('\u0000', ''))));

it('is read back as it was given', async () => {
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.array(fc.option(fc.maxSafeInteger())),
      fc.array(fc.option(fc.boolean())),
      async (words, numbers, flags) => {
        const { rows } = await client.query<{ words: string[]; numbers: string[]; flags: boolean[] }>(
          'SELECT $1::text[] AS words, $2::bigint[] AS numbers, $3::boolean[] AS flags',
          [words, numbers, flags].map(arrayLiteral),
        );
        const [row] = rows;
        expect(row?.words).toEqual(words);
        expect(row?.numbers.map((number) => (number === null ? null : Number(number)))).toEqual(
          numbers.map((number) => (number === null ? null : number + 0)),
        );
        expect(row?.flags).toEqual(flags);
      },
    ),
    { numRuns: 300 },
  );
});

it('says what is missing, in either way', () => {
  expect(arrayLiteral(['NULL', null, undefined, ''])).toBe('{"NULL",NULL,NULL,""}');
});

it('leaves to pg what is not plain', () => {
  for (const values of [[[1, 2]], [Buffer.from('a')], [new Date(0)], [{ a: 1 }], [1n]])
    expect(arrayLiteral(values)).toBe(values);
});
