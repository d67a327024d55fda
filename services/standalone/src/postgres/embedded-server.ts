import { freePort } from '@punctual/local-kafka';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chown, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserFault } from '../user-fault.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { postgresUser, type RunAs } from './run-as.js';

const execute = promisify(execFile);

export interface EmbeddedServer {
  readonly url: string;
  readonly port: number;
  /** Whether it was created by this start. */
  readonly created: boolean;
  /** Whether a server of an earlier start, which was killed, still ran and was stopped first. */
  readonly leftOver: boolean;
  /** Ends all sessions in order and writes a checkpoint. */
  stop(): Promise<void>;
}

/**
 * What is acknowledged survives a crash of the machine (fsync and synchronous_commit are on). The rest suits one small node: no replicas,
 * few checkpoints, no just-in-time compilation of short statements.
 */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  synchronous_commit: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %a ',
};

/**
 * Starts PostgreSQL on 127.0.0.1 with its data in `directory/postgres`, detached from our terminal, so that only we stop it. The password
 * and the port are made once and remembered. The caller holds the directory's lock.
 * @throws UserFault `postgres_failed`
 */
export async function startEmbeddedServer(directory: string): Promise<EmbeddedServer> {
  const binaries = await postgresBinaries();
  const user = await postgresUser();
  const data = join(directory, 'postgres');
  const password = await rememberedPassword(join(directory, 'postgres-password'));
  const created = !existsSync(join(data, 'PG_VERSION'));
  if (created) await initialise(binaries, user, data, join(directory, 'postgres-password'));
  const leftOver = await stopLeftOver(binaries, user, data);
  const portFile = join(directory, 'postgres-port');
  const port = await freePort(existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) || 0 : 0);
  await writeFile(portFile, String(port));
  await writeSettings(data, user, port);
  const log = await logFile(join(directory, 'log'), user);
  await run(binaries.pg_ctl, ['start', '-D', data, '-l', log, '-w', '-t', '60', '-s'], user, log);
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    created,
    leftOver,
    stop: async () => {
      await run(binaries.pg_ctl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '60', '-s'], user, log);
    },
  };
}

/** A half-made cluster of a start that was killed is never taken for a whole one: the directory gets its name last. */
async function initialise(binaries: PostgresBinaries, user: RunAs, data: string, passwordFile: string): Promise<void> {
  const unfinished = `${data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (user !== null) {
    await chown(unfinished, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ];
  await run(binaries.initdb, [`--pgdata=${unfinished}`, '--data-checksums', ...flags], user, null);
  await appendFile(join(unfinished, 'postgresql.conf'), "\ninclude_if_exists = 'punctual.conf'\n");
  await rename(unfinished, data);
}

/** Ends a server that outlived its start, and clears away the pid file of one that did not. */
async function stopLeftOver(binaries: PostgresBinaries, user: RunAs, data: string): Promise<boolean> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return false;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (!isPostgres(pid)) {
    // The number may have gone to another program by now, which pg_ctl would stop in its place.
    await rm(pidFile, { force: true });
    return false;
  }
  await run(binaries.pg_ctl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '60', '-s'], user, null);
  return true;
}

function isPostgres(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres');
    if (process.platform === 'win32')
      return /postgres/i.test(execFileSync('tasklist', ['/FI', `PID eq ${pid}`], { encoding: 'utf8' }));
    return /postgres/.test(execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

async function rememberedPassword(file: string): Promise<string> {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(24).toString('hex');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

async function writeSettings(data: string, user: RunAs, port: number): Promise<void> {
  const file = join(data, 'punctual.conf');
  const lines = Object.entries({ ...settings, port: String(port) }).map(([name, value]) => `${name} = '${value}'`);
  await writeFile(file, `# Written at each start.\n${lines.join('\n')}\n`, { mode: 0o600 });
  if (user !== null) await chown(file, user.uid, user.gid);
}

async function logFile(directory: string, user: RunAs): Promise<string> {
  const file = join(directory, 'postgres.log');
  await (await open(file, 'w')).close();
  if (user !== null) await chown(file, user.uid, user.gid);
  return file;
}

async function run(program: string, args: readonly string[], user: RunAs, log: string | null): Promise<void> {
  try {
    await execute(program, [...args], { ...(user ?? {}), cwd: '/', env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const logged =
      log !== null && existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n') : '';
    const advice = /permission denied/i.test(`${said}${logged}`)
      ? 'The user that PostgreSQL runs as must be able to reach the data directory and node_modules; give another place with --data, such as one under /var/tmp.'
      : 'Read the lines above; DATABASE_URL names another PostgreSQL to use.';
    throw new UserFault(
      'postgres_failed',
      [`The embedded PostgreSQL failed.`, said, logged, advice].filter(Boolean).join('\n'),
      { cause: error },
    );
  }
}
