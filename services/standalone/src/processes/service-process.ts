import { spawnBound } from '@punctual/local-kafka';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeOptions } from './node-options.js';

export interface ServiceProcessOptions {
  readonly name: string;
  /** The service's main module. */
  readonly main: string;
  /** Its environment, added to ours; `HOST` and `PORT` say where it answers. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes each line it writes, without the line break. */
  readonly onLine: (line: string) => void;
}

/** One service in a process of its own, which ends with ours. */
export interface ServiceProcess {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  /** Whether it has not ended. */
  isAlive(): boolean;
  /** Resolves when it says that it is ready; rejects where it ends first, or `signal` tells it not to wait (then it is killed). */
  ready(signal: AbortSignal): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Lets it finish what is in hand; what has not ended after its own limit of 30 s is killed. */
  stop(): Promise<void>;
}

const askEveryMs = 100;
const stopLimitMs = 35_000;

/** Starts a service; it need not be ready when this returns. */
export function startServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  const { name, main, env, onLine } = options;
  const url = `http://${env['HOST'] ?? '127.0.0.1'}:${env['PORT'] ?? '0'}`;
  const child = spawnBound(process.execPath, [...nodeOptions, main], { env });
  let lastWords = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      if (/"level":"fatal"/.test(line) || !line.startsWith('{')) lastWords = line;
      onLine(line);
    });
  }
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'exit').then(() => child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`);
  return {
    name,
    url,
    pid: child.pid ?? 0,
    ended,
    isAlive,
    ready: async (signal) => {
      while (!(await answersReady(url))) {
        if (!isAlive()) throw new ServiceEnded(name, await ended, lastWords);
        if (signal.aborted) child.kill('SIGKILL');
        else await pause(askEveryMs);
      }
    },
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A service ended before it was ready. */
export class ServiceEnded extends Error {
  constructor(
    readonly service: string,
    readonly how: string,
    /** The last line that says why, as the service wrote it. */
    readonly lastWords: string,
  ) {
    super(`${service} ended before it was ready (${how})`);
    this.name = 'ServiceEnded';
  }
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
