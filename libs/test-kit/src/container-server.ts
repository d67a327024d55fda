import { existsSync } from 'node:fs';
import { testServerSettings, type PostgresServer } from './embedded-server.js';

const image = 'postgres:18-alpine';

/** Whether a container engine answers; an installed client proves nothing. */
export async function containerEngineAnswers(): Promise<boolean> {
  const mayExist =
    process.env['DOCKER_HOST'] !== undefined ||
    existsSync('/var/run/docker.sock') ||
    existsSync(`${process.env['XDG_RUNTIME_DIR'] ?? '/nowhere'}/docker.sock`) ||
    existsSync(`${process.env['HOME'] ?? '/nowhere'}/.docker/run/docker.sock`) ||
    process.platform === 'win32';
  if (!mayExist) return false;
  // Loaded only here: it is large, and most runs do not need it.
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

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
