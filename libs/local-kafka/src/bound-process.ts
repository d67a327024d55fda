import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

export interface BoundProcessOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/**
 * A shell that becomes the program, so that the child's pid is the program's own. Before that it leaves a watcher behind, which waits for
 * the end of the child's standard input: it is a pipe that only the process that started it holds, so it ends with that one, however it
 * died.
 */
const guard = 'exec 3<&0 </dev/null; own=$$; (cat <&3 >/dev/null; kill -9 $own) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

/**
 * Starts a program that never outlives this process, and that a Ctrl-C in our terminal does not reach: it has a session of its own, and
 * whoever started it stops it in its turn. Windows has no such shell; there only an orderly end stops the program.
 */
export function spawnBound(
  program: string,
  args: readonly string[],
  options: BoundProcessOptions = {},
): ChildProcessWithoutNullStreams {
  const settings = { stdio: 'pipe', cwd: options.cwd, env: { ...process.env, ...options.env } } as const;
  const child =
    process.platform === 'win32'
      ? spawn(program, args, settings)
      : spawn('sh', ['-c', guard, 'sh', program, ...args], { ...settings, detached: true });
  // The watcher has nothing left to watch.
  child.once('exit', () => child.stdin.destroy());
  child.stdin.on('error', () => undefined);
  return child;
}
