import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserFault } from '../user-fault.js';

const execute = promisify(execFile);

/** The system user that PostgreSQL runs as; null: the one who started us. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** PostgreSQL refuses to run as root; then the user `postgres` is used, and created where it is missing. */
export async function postgresUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null;
  const known = await lookUp();
  if (known !== null) return known;
  await execute('groupadd', ['-f', 'postgres']).catch(() => undefined);
  await execute('useradd', ['-g', 'postgres', 'postgres']).catch(() => undefined);
  const created = await lookUp();
  if (created !== null) return created;
  throw new UserFault(
    'no_postgres_user',
    'PostgreSQL does not run as root, and the user `postgres` could not be created. Start as another user, or set DATABASE_URL.',
  );
}

async function lookUp(): Promise<RunAs> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((option) => execute('id', [option, 'postgres'])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return null;
  }
}
