import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, QueryFailedError, type EntitySchema, type MigrationInterface } from 'typeorm';
import { SteadyClient } from './steady-client.js';

export interface DatabaseOptions {
  readonly url: string;
  /** The service's own PostgreSQL schema; created if absent. Its migrations table stands in it. */
  readonly schema: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly poolSize: number;
  readonly applicationName: string;
  /** How long to wait for a database that is still starting, ms (default 60,000). */
  readonly waitMs?: number;
  /** The longest a statement may run, ms (default 30,000). */
  readonly statementTimeoutMs?: number;
  /** Told of each attempt that failed, for the log. */
  readonly onWaiting?: (reason: string) => void;
}

/** The database stayed out of reach; the cause is the last attempt's error. */
export class DatabaseUnavailable extends Error {
  constructor(waitedMs: number, options: ErrorOptions) {
    super(
      `PostgreSQL did not answer within ${Math.round(waitedMs / 1_000)} s; check DATABASE_URL and the server`,
      options,
    );
    this.name = 'DatabaseUnavailable';
  }
}

/** Class 08: connection; 57P03: starting up; 53300: too many connections. The others come from the socket and the resolver. */
const startingCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  '57P03',
  '53300',
]);

/** One lock for all services' migrations: they share a database, and CREATE SCHEMA races with itself. */
const MIGRATION_LOCK = 7_052_911_001;

/** How long an instance waits for another's migrations, ms. */
const MIGRATION_WAIT_MS = 120_000;

/**
 * Opens a TypeORM DataSource and brings its schema up to date. Waits, with backoff, for a database that is still starting. Instances
 * that start together migrate one after another (advisory lock); the migrations are few and run each in a transaction.
 * @throws DatabaseUnavailable; errors of a migration or of wrong credentials as they are, at once.
 */
export async function createDataSource(options: DatabaseOptions): Promise<DataSource> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(options.schema)) throw new Error(`'${options.schema}' is not a schema name`);
  const migrator = await connectWhenUp(options);
  try {
    await migrator.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrator.query(`CREATE SCHEMA IF NOT EXISTS "${options.schema}"`);
    const dataSource = await initialize(options);
    try {
      await dataSource.runMigrations({ transaction: 'each' });
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
    return dataSource;
  } finally {
    await migrator.end().catch(() => undefined);
  }
}

/**
 * Opens a DataSource on a database as it is, for commands: nothing is created or migrated, and one that does not answer is not waited for.
 */
export async function openDataSource(options: {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
}): Promise<DataSource> {
  return initialize({ ...options, schema: 'public', entities: [], migrations: [] });
}

/** A readiness check: null while the database answers. */
export function databaseAnswers(dataSource: DataSource): () => Promise<string | null> {
  return async () => {
    if (!dataSource.isInitialized) return 'the database connection is closed';
    return dataSource.query('SELECT 1').then(
      () => null,
      () => 'PostgreSQL does not answer',
    );
  };
}

async function initialize(options: DatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    // The one that is ours too: TypeORM would look for one of its own.
    driver: pg,
    schema: options.schema,
    entities: [...options.entities],
    migrations: [...options.migrations],
    migrationsTableName: 'migration',
    installExtensions: false,
    poolSize: options.poolSize,
    applicationName: options.applicationName,
    connectTimeoutMS: 10_000,
    extra: {
      Client: SteadyClient,
      // What is asked on one connection without waiting is sent at once, not each after the answer to the one before.
      pipeline: true,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 60_000,
      // Every statement is short; compiling one whose rows the planner overestimates costs more than running it.
      options: '-c jit=off',
      keepAlive: true,
    },
    // A connection that drops while idle is replaced by the pool at its next use; it is no event of its own.
    poolErrorHandler: () => undefined,
    logging: false,
  });
  return dataSource.initialize();
}

async function connectWhenUp(options: DatabaseOptions): Promise<pg.Client> {
  const waitMs = options.waitMs ?? 60_000;
  const started = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client({
      connectionString: options.url,
      application_name: `${options.applicationName} migrations`,
      connectionTimeoutMillis: 5_000,
      statement_timeout: MIGRATION_WAIT_MS,
    });
    // Without a listener a connection that drops would end the process; the next query reports it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isStarting(error)) throw error;
      const waited = performance.now() - started;
      if (waited >= waitMs) throw new DatabaseUnavailable(waited, { cause: error });
      options.onWaiting?.(codeOf(error) ?? 'no answer');
      await pause(Math.min(100 * 2 ** attempt, 2_000, Math.max(1, waitMs - waited)));
    }
  }
}

function isStarting(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return startingCodes.has(code) || code.startsWith('08');
  return error instanceof Error && /timeout|terminated/i.test(error.message);
}

/** Whether an error of a query says that PostgreSQL is out of reach for now: no fault of the statement, worth trying again. */
export function isDatabaseDown(error: unknown): boolean {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  const code = codeOf(cause);
  // 57P01 and 57P02: the server is stopping.
  if (code !== undefined)
    return startingCodes.has(code) || code.startsWith('08') || code === '57P01' || code === '57P02';
  return (
    cause instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      cause.message,
    )
  );
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== undefined);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
