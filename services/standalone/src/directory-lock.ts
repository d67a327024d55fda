import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserFault } from './user-fault.js';

/** Who holds a data directory. `born` tells a process from a later one with the same number. */
interface Holder {
  readonly pid: number;
  readonly born: string;
}

/**
 * Takes a data directory for this process; the function returned gives it back. A lock whose process is gone (killed, or from before a
 * reboot) is taken over.
 * @throws UserFault `directory_in_use`
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  const own = JSON.stringify({ pid: process.pid, born: bornAt(process.pid) ?? '' } satisfies Holder);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o600 });
      return () => {
        if (read(path) === own) rmSync(path, { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const found = read(path);
    if (found === null) continue;
    const holder = parse(found);
    if (holder !== null && bornAt(holder.pid) === holder.born) {
      throw new UserFault(
        'directory_in_use',
        `Punctual is running on ${directory} already (process ${holder.pid}). Stop it first, or start with --data and another directory.`,
      );
    }
    remove(path, found);
  }
  throw new UserFault(
    'directory_in_use',
    `Another start on ${directory} is under way. Wait for it, or give another directory with --data.`,
  );
}

/** Removes a stale lock without ever removing a fresh one that another start has put in its place meanwhile. */
function remove(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside) !== stale) {
    try {
      linkSync(aside, path);
    } catch {
      // A third start holds it by now; the second will find that its lock is not its own.
    }
  }
  rmSync(aside, { force: true });
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('born' in value)) return null;
    const { pid, born } = value;
    return typeof pid === 'number' && typeof born === 'string' ? { pid, born } : null;
  } catch {
    // A start that was killed while writing it.
    return null;
  }
}

/** When a process began, in the system's own words; null where it does not run. */
function bornAt(pid: number): string | null {
  if (process.platform === 'linux') {
    try {
      // Field 22 of stat, in ticks since the boot; the name in parentheses may hold spaces.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
    } catch {
      return null;
    }
  }
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return 'alive';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
