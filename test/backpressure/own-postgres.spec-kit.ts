import { startEmbeddedServer, type EmbeddedServer } from '@punctual/standalone';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A PostgreSQL of a test's own, that may stand still, die and come back at its address. */
export class OwnPostgres {
  private constructor(
    private readonly directory: string,
    private server: EmbeddedServer,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const directory = mkdtempSync(join(tmpdir(), 'punctual-own-postgres-'));
    // As root, PostgreSQL has a user of its own, who must be able to get there.
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'log'));
    return new OwnPostgres(directory, await startEmbeddedServer(directory));
  }

  get url(): string {
    return this.server.url;
  }

  /** Every process of the server stands still: connections stay open, new ones are taken by the kernel, and nothing answers. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  kill(): void {
    process.kill(this.#pid(), 'SIGKILL');
  }

  async startAgain(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.server = await startEmbeddedServer(this.directory);
        return;
      } catch (error) {
        // Backends of the killed server may still hold its shared memory.
        if (attempt === 40) throw error;
        await pause(250);
      }
    }
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.server.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  #pid(): number {
    return Number.parseInt(readFileSync(join(this.directory, 'postgres/postmaster.pid'), 'utf8'), 10);
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const server = this.#pid();
    // The server itself first, so that it begins no more of them.
    process.kill(server, signal);
    const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
    for (const [, pid, parent] of table.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)) {
      if (Number(parent) !== server) continue;
      try {
        process.kill(Number(pid), signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}
