import pg from 'pg';
import type { DataSource } from 'typeorm';
import { StreamError } from './stream-error.js';

/** The most connections of a data source's pool. Throws `invalid_option` where it is none of PostgreSQL. */
export function poolSize(dataSource: DataSource): number {
  const { options } = dataSource;
  if (options.type !== 'postgres') {
    throw new StreamError('invalid_option', `the event log needs PostgreSQL, not ${options.type}`);
  }
  const extra = options.extra as { max?: number } | undefined;
  return options.poolSize ?? extra?.max ?? pg.defaults.poolSize ?? 10;
}
