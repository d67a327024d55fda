import {
  collectYoungObjects,
  oldObjectBytes,
  startPostgres,
  type TestDatabase,
  type TestPostgres,
} from '@punctual/test-kit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SteadyClient } from './steady-client.js';

let postgres: TestPostgres;
let database: TestDatabase;
let client: SteadyClient;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  client = new SteadyClient(database.url);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
  await postgres.stop();
});

describe('SteadyClient', () => {
  it('answers a text, a text with parameters, a prepared statement, and whoever brings a function', async () => {
    expect((await client.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
    expect((await client.query('SELECT $1::int AS n', [2])).rows).toEqual([{ n: 2 }]);
    const prepared = { name: 'sum', text: 'SELECT $1::int + $2::int AS n', values: [1, 2] };
    expect((await client.query(prepared)).rows).toEqual([{ n: 3 }]);
    const answered = await new Promise((resolve) =>
      client.query('SELECT $1::int AS n', [4], (_error, answer) => {
        resolve(answer.rows);
      }),
    );
    expect(answered).toEqual([{ n: 4 }]);
    const { promise, resolve } = Promise.withResolvers();
    client.query(new pg.Query('SELECT 5 AS n')).on('row', resolve);
    expect(await promise).toEqual({ n: 5 });
  });

  it('fails with what PostgreSQL says, and a stack that leads to who asked', async () => {
    const askForNothing = async (): Promise<void> => {
      await client.query('SELECT nothing');
    };
    const failure: unknown = await askForNothing().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '42703', message: 'column "nothing" does not exist' });
    expect((failure as Error).stack).toContain('askForNothing');
  });

  it('leaves nothing of an answer behind that outlives the collections of young objects', async () => {
    const ask = async (): Promise<number> => {
      const { rows } = await client.query<{ text: string }>(
        `SELECT repeat('x', 1000) || n AS text FROM generate_series(1, 200) n`,
      );
      return rows.length;
    };
    await ask();
    collectYoungObjects();
    const before = oldObjectBytes();
    for (let round = 0; round < 50; round += 1) {
      expect(await ask()).toBe(200);
      collectYoungObjects();
    }
    // Ten million bytes were read.
    expect(oldObjectBytes() - before).toBeLessThan(2_000_000);
  });
});
