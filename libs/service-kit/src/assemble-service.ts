import type { DataSource } from 'typeorm';
import { systemClock, type Clock } from './clock.js';
import type { CommonConfig } from './config.js';
import { createDataSource, databaseAnswers, type DatabaseOptions } from './database.js';
import { Health } from './health.js';
import { createLogger, type ServiceLogger } from './logger.js';
import { createMetrics, type ServiceMetrics } from './metrics.js';

/** What one starts a service with, alone or inside another process. */
export interface ServiceOptions<Config, Log> {
  readonly config: Config;
  /** Opened by `config` and closed with the service if absent. */
  readonly eventLog?: Log;
  /** Opened by `config` and closed with the service if absent. */
  readonly dataSource?: DataSource;
  readonly clock?: Clock;
  readonly logger?: ServiceLogger;
}

/** How a service's event log is opened. */
export type OpenLog<Config, Log> = (
  config: Config,
  dataSource: DataSource,
  options: { readonly clientId: string; readonly clock: Clock; readonly pino: ServiceLogger['pino'] },
) => Promise<Log>;

/** What tells one service from another before it does anything. */
export interface ServiceDescription<Config, Log> {
  /** In logs, metrics, database connections and Kafka's client ids. */
  readonly name: string;
  readonly database: Pick<DatabaseOptions, 'schema' | 'entities' | 'migrations'>;
  readonly openLog: OpenLog<Config, Log>;
}

/** What every service is built from. */
export interface ServiceParts<Config, Log> {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
  readonly dataSource: DataSource;
  readonly log: Log;
  readonly metrics: ServiceMetrics;
  /** Not ready without the database. */
  readonly health: Health;
  /** Closes something when the service stops, or when it cannot start: the newest first. */
  onStop(close: () => Promise<unknown>): void;
}

/** A service that was started, with the one way to end it. */
export type Assembled<Service> = Service & {
  /** Finishes what is in hand and closes what the service opened. */
  stop(): Promise<void>;
};

/**
 * Opens what a service was not handed, and builds it of that. If building fails, what was opened is closed again, and the error is the
 * builder's.
 * @throws what opening the database or the log throws
 */
export async function assembleService<
  Config extends CommonConfig,
  Log extends { close(): Promise<unknown> },
  Service extends object,
>(
  { name, database, openLog }: ServiceDescription<Config, Log>,
  options: ServiceOptions<Config, Log>,
  build: (parts: ServiceParts<Config, Log>) => Promise<Service>,
): Promise<Assembled<Service>> {
  const { config, clock = systemClock } = options;
  const logger =
    options.logger ?? createLogger({ service: name, level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const closers: (() => Promise<unknown>)[] = [];
  const onStop = (close: () => Promise<unknown>): void => void closers.push(close);
  const stop = async (): Promise<void> => {
    while (closers.length > 0) await closers.pop()?.();
  };
  const openDatabase = async (): Promise<DataSource> => {
    const dataSource = await createDataSource({
      ...database,
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL,
      applicationName: name,
      onWaiting: (reason) => logger.pino.info({ reason }, 'waiting for PostgreSQL'),
    });
    onStop(() => dataSource.destroy());
    return dataSource;
  };
  const openOwnLog = async (dataSource: DataSource): Promise<Log> => {
    const clientId = `punctual-${name}-${config.INSTANCE_ID}`;
    const log = await openLog(config, dataSource, { clientId, clock, pino: logger.pino });
    onStop(() => log.close());
    return log;
  };
  try {
    const dataSource = options.dataSource ?? (await openDatabase());
    const log = options.eventLog ?? (await openOwnLog(dataSource));
    const health = new Health();
    health.addCheck('database', databaseAnswers(dataSource));
    const metrics = createMetrics(name);
    const service = await build({ config, clock, logger, dataSource, log, metrics, health, onStop });
    return { ...service, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
