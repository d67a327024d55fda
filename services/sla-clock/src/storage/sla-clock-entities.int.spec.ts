import { createDataSource } from '@punctual/service-kit';
import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { slaClockDatabase } from '../create-sla-clock.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await (await startPostgres()).createDatabase();
  dataSource = await createDataSource({
    ...slaClockDatabase,
    url: database.url,
    poolSize: 2,
    applicationName: 'sla-clock-entities',
  });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** What TypeORM would do to the service's tables to make them what the entities say. */
async function differences(): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query).filter((query) => query.includes('"sla_clock".'));
}

it('says with its entities what the migrations made', async () => {
  expect(await differences()).toEqual([]);
});

it('has an entity for each of its tables', async () => {
  const tables: { name: string }[] = await dataSource.query(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'sla_clock' AND table_name <> 'migration' ORDER BY 1`,
  );
  const known = dataSource.entityMetadatas.filter(({ schema }) => schema === 'sla_clock');
  expect(known.map(({ tableName }) => tableName).sort()).toEqual(tables.map(({ name }) => name));
});

it('would notice a table that has become another', async () => {
  await dataSource.query('ALTER TABLE sla_clock.surge ALTER reason DROP NOT NULL, ADD surplus text');
  expect((await differences()).join('\n')).toMatch(/DROP COLUMN "surplus"[^]*"reason" SET NOT NULL/);
});
