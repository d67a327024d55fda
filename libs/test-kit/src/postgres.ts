import { containerEngineAnswers } from '@punctual/local-kafka';
import { randomBytes } from 'node:crypto';
import { startContainerServer } from './container-server.js';
import { startEmbeddedServer, type PostgresSettings } from './embedded-server.js';
import { createTestDatabase, type DatabaseTemplate, type TestDatabase } from './test-database.js';

export type PostgresOrigin = 'embedded' | 'testcontainers' | 'DATABASE_URL';

export interface TestPostgres {
  /** Connection URL of the server's maintenance database. */
  readonly url: string;
  readonly how: PostgresOrigin;
  /** A database of its own for a suite: empty, or a copy of a template that is prepared once per run. */
  createDatabase(template?: DatabaseTemplate): Promise<TestDatabase>;
  /** Stops the server if this call started it; one shared by the run is stopped when the run ends. */
  stop(): Promise<void>;
}

/** A server as its owner describes it to others of the same run. */
export interface SharedServer {
  readonly url: string;
  readonly how: PostgresOrigin;
  /** Tells runs apart that share one server. */
  readonly run: string;
}

/** Where the vitest main process answers with the run's server; see vitest-global-setup.ts. */
export const BROKER_VARIABLE = 'PUNCTUAL_TEST_POSTGRES_BROKER';

/**
 * A real PostgreSQL for tests: `TEST_DATABASE_URL` if set, else the server shared by this vitest run, else a container where an engine
 * answers, else the embedded binaries.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const broker = process.env[BROKER_VARIABLE];
  if (broker !== undefined) return describe(await askBroker(broker), async () => undefined);
  const { server, stop } = await startServer();
  return describe(server, stop);
}

/**
 * A real PostgreSQL with the settings given and else PostgreSQL's own, which flush every commit: for benchmarks, in which durability has
 * its price. Always the caller's own, from the embedded binaries.
 */
export async function startDurablePostgres(settings: PostgresSettings): Promise<TestPostgres> {
  const { url, stop } = await startEmbeddedServer(settings);
  return describe({ url, how: 'embedded', run: randomBytes(4).toString('hex') }, stop);
}

/** Starts a server that the caller owns. */
export async function startServer(): Promise<{ readonly server: SharedServer; stop(): Promise<void> }> {
  const run = randomBytes(4).toString('hex');
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { server: { url: given, how: 'DATABASE_URL', run }, stop: async () => undefined };
  if (await containerEngineAnswers()) {
    const { url, stop } = await startContainerServer();
    return { server: { url, how: 'testcontainers', run }, stop };
  }
  const { url, stop } = await startEmbeddedServer();
  return { server: { url, how: 'embedded', run }, stop };
}

function describe(server: SharedServer, stop: () => Promise<void>): TestPostgres {
  return {
    url: server.url,
    how: server.how,
    createDatabase: (template) => createTestDatabase(server.url, server.run, template),
    stop,
  };
}

async function askBroker(address: string): Promise<SharedServer> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the run's PostgreSQL did not start: ${await response.text()}`);
  return (await response.json()) as SharedServer;
}
