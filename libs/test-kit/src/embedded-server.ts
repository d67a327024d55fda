import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@punctual/local-kafka';
import { EmbeddedPostgres } from './embedded-postgres.js';

export interface PostgresServer {
  /** Connection URL of a superuser, database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

const password = 'test';
const directoryPrefix = 'punctual-postgres-';

/** A crash of the machine may lose test data, so nothing is flushed; the rest keeps many short-lived databases cheap. */
export const testServerSettings = [
  ['fsync', 'off'],
  ['synchronous_commit', 'off'],
  ['full_page_writes', 'off'],
  ['max_connections', '300'],
  ['shared_buffers', '128MB'],
  ['wal_level', 'minimal'],
  ['max_wal_senders', '0'],
] as const;

/** Names and values as in postgresql.conf. */
export type PostgresSettings = readonly (readonly [name: string, value: string])[];

/** Starts PostgreSQL from the binaries of `embedded-postgres` on 127.0.0.1, with its data in a temporary directory. */
export async function startEmbeddedServer(settings: PostgresSettings = testServerSettings): Promise<PostgresServer> {
  await removeAbandonedDirectories();
  const parent = await mkdtemp(join(tmpdir(), `${directoryPrefix}${process.pid}-`));
  // As root the server runs as the user `postgres`, who must be able to reach its directory.
  await chmod(parent, 0o755);
  const output: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: join(parent, `data-${attempt}`),
      port,
      user: 'postgres',
      password,
      authMethod: 'scram-sha-256',
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: [
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      onLog: (message) => void output.push(String(message)),
      onError: (message) => void output.push(String(message)),
    });
    try {
      await server.initialise();
      await server.start();
    } catch (error) {
      // Between finding the port free and binding it another process may take it.
      if (attempt < 3 && output.join('').includes('Address already in use')) continue;
      await rm(parent, { recursive: true, force: true });
      throw new Error(`PostgreSQL did not start:\n${output.slice(-20).join('')}`, { cause: error });
    }
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      stop: async () => {
        await server.stop();
        await rm(parent, { recursive: true, force: true });
      },
    };
  }
}

/** A run that was killed leaves its directory; without it a server still running on it ends itself within a minute. */
async function removeAbandonedDirectories(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(directoryPrefix)) continue;
    const owner = Number.parseInt(name.slice(directoryPrefix.length), 10);
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    const directory = join(tmpdir(), name);
    if (existsSync(directory)) await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
