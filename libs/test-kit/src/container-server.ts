import { testServerSettings, type PostgresServer } from './embedded-server.js';

const image = 'postgres:18-alpine';

/** Starts PostgreSQL in a container that Testcontainers removes when this process ends. */
export async function startContainerServer(): Promise<PostgresServer> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const container = await new PostgreSqlContainer(image)
    .withDatabase('postgres')
    .withTmpFs({ '/var/lib/postgresql': 'rw' })
    .withCommand(['postgres', ...testServerSettings.flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    .start();
  return {
    url: container.getConnectionUri(),
    stop: async () => {
      await container.stop();
    },
  };
}
