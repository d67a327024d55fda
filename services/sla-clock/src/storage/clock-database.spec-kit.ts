import { createDataSource } from '@punctual/service-kit';
import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { slaClockDatabase } from '../create-sla-clock.js';

/** A database of the SLA clock, as its migrations leave it. */
export interface ClockDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

export async function openClockDatabase(poolSize = 2): Promise<ClockDatabase> {
  const postgres = await startPostgres();
  const database = await postgres.createDatabase();
  const { url } = database;
  const dataSource = await createDataSource({ ...slaClockDatabase, url, poolSize, applicationName: 'clock-database' });
  return {
    url,
    dataSource,
    async close() {
      await dataSource.destroy();
      await database.drop();
      await postgres.stop();
    },
  };
}

/** A database as the first migrations leave it, up to the one whose name begins so: `before` it, or `with` it. */
export function openMigrated({ url }: TestDatabase, last: { before: string } | { with: string }): Promise<DataSource> {
  const { migrations } = slaClockDatabase;
  const name = 'before' in last ? last.before : last.with;
  const place = migrations.findIndex((migration) => migration.name.startsWith(name));
  if (place < 0) throw new Error(`there is no migration ${name}`);
  return createDataSource({
    ...slaClockDatabase,
    migrations: migrations.slice(0, 'before' in last ? place : place + 1),
    url,
    poolSize: 2,
    applicationName: 'clock-database',
  });
}
