import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from './index.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text);
  await client.end();
  return rows;
}

describe('startPostgres', () => {
  it('gives every caller a database of its own', async () => {
    const [first, second] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
    await query(first.url, 'CREATE TABLE mark (id int)');
    expect(await query(second.url, `SELECT to_regclass('mark') AS found`)).toEqual([{ found: null }]);
    await first.drop();
    await second.drop();
  });

  it('prepares a template once and copies it', async () => {
    let prepared = 0;
    const template = {
      name: 'counted',
      prepare: async (url: string) => {
        prepared += 1;
        await query(url, 'CREATE TABLE counted AS SELECT 7 AS seven');
      },
    };
    const copies = await Promise.all([1, 2, 3].map(() => postgres.createDatabase(template)));
    expect(prepared).toBe(1);
    for (const copy of copies) {
      expect(await query(copy.url, 'SELECT seven FROM counted')).toEqual([{ seven: 7 }]);
      await copy.drop();
    }
  });

  it('says which connection a suite left open, and drops the database all the same', async () => {
    const database = await postgres.createDatabase();
    const leaked = new pg.Client({ connectionString: database.url, application_name: 'forgotten' });
    leaked.on('error', () => undefined);
    await leaked.connect();
    await expect(database.drop()).rejects.toThrow(/1 connection\(s\).*\nforgotten \(idle\)/);
    await expect(new pg.Client(database.url).connect()).rejects.toThrow(/does not exist/);
    await leaked.end().catch(() => undefined);
  });
});
