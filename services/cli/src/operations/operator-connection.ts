import 'reflect-metadata';
import { commonVariables, ConfigError, openDataSource, readConfig } from '@punctual/service-kit';
import { openStoredLog, StreamError, type EventLog, type StreamLogger } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { UserError } from '../user-error.js';

/** What an operator's command works on: the database and the log of the services. */
export interface OperatorConnection {
  readonly dataSource: DataSource;
  readonly log: EventLog;
}

/** The variables of the services that say where database and log are. */
const { DATABASE_URL, KAFKA_BROKERS, KAFKA_PREFIX, KAFKA_REPLICATION, ...others } = commonVariables;
const { KAFKA_SSL, KAFKA_SSL_CA, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD } = others;
export const operatorVariables = z.object({
  DATABASE_URL,
  KAFKA_BROKERS,
  KAFKA_PREFIX,
  KAFKA_REPLICATION,
  KAFKA_SSL,
  KAFKA_SSL_CA,
  KAFKA_SASL_MECHANISM,
  KAFKA_SASL_USERNAME,
  KAFKA_SASL_PASSWORD,
});
export type OperatorConfig = z.infer<typeof operatorVariables>;

/** What the drivers report on their own is for services' logs; a command says itself what failed. */
export const silent: StreamLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens the services' database by the services' environment, and closes it when `action` has ended. Throws UserError. */
export async function withDatabase<T>(
  action: (dataSource: DataSource, config: OperatorConfig) => Promise<T>,
): Promise<T> {
  const config = readOperatorConfig();
  let dataSource: DataSource;
  try {
    dataSource = await openDataSource({ url: config.DATABASE_URL, poolSize: 4, applicationName: 'punctual-cli' });
  } catch (error) {
    throw new UserError(`PostgreSQL does not answer: ${error instanceof Error ? error.message : String(error)}`, {
      where: 'DATABASE_URL',
      fix: 'name the database of the services, and see that it runs',
    });
  }
  try {
    return await action(dataSource, config);
  } catch (error) {
    throw readable(error);
  } finally {
    await dataSource.destroy();
  }
}

/** As `withDatabase`, with the log that the database belongs to. */
export function withLog<T>(action: (connection: OperatorConnection) => Promise<T>): Promise<T> {
  return withDatabase(async (dataSource, config) => {
    const log = await openStoredLog(config, dataSource, { clientId: 'punctual-cli', logger: silent });
    try {
      return await action({ dataSource, log });
    } finally {
      await log.close();
    }
  });
}

function readOperatorConfig(): OperatorConfig {
  try {
    return readConfig(operatorVariables, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first] = error.problems;
    throw new UserError(
      `the environment does not say where the services' data is: ${error.problems.map(({ variable, what }) => `${variable} ${what}`).join('; ')}`,
      { where: first?.variable ?? 'environment', fix: first?.fix ?? 'set it as for the services' },
    );
  }
}

function readable(error: unknown): unknown {
  if (!(error instanceof StreamError)) return error;
  return new UserError(error.message, { where: error.code, fix: 'see docs/operations.md' });
}
