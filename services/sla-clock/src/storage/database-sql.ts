import type { Sql } from '@punctual/stream';
import type { DataSource } from 'typeorm';

/** Single statements on the data source's pool, outside any transaction: for reading. */
export function databaseSql(dataSource: DataSource): Sql {
  return {
    query: async <Row extends object>(text: string, parameters: readonly unknown[] = []) =>
      (await dataSource.query(text, [...parameters])) as Row[],
  };
}
