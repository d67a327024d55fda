import { readFileSync } from 'node:fs';

const lookEveryMs = 100;

/** Watches how much memory processes hold (Linux tells it in /proc). */
export class MemoryWatch {
  readonly #most = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly pids: () => readonly number[]) {
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** The most that a process has held, MB. */
  most(pid: number): number {
    return this.#most.get(pid) ?? 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const pid of this.pids()) this.#most.set(pid, Math.max(this.most(pid), residentMegabytes(pid)));
  }
}

/** What a process holds now, MB; 0 where it does not run. */
export function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
