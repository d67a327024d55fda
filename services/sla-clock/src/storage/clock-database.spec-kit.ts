import { createDataSource } from '@punctual/service-kit';
import { startPostgres } from '@punctual/test-kit';
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
