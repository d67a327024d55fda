import type { DataSource } from 'typeorm';
import type { Sql } from './event-log.js';

interface Connection {
  query<Row>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** Single statements, each on whichever connection of the pool is free and each its own transaction. */
export function poolSql(dataSource: DataSource): Sql {
  return {
    async query<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]> {
      const runner = dataSource.createQueryRunner();
      try {
        // The driver's own connection: TypeORM would give the rows of an UPDATE another shape than those of a SELECT.
        const connection = (await runner.connect()) as Connection;
        const { rows } = await connection.query<Row>(text, parameters as unknown[] | undefined);
        return rows;
      } finally {
        await runner.release();
      }
    },
  };
}
