import { freePort } from '@punctual/local-kafka';
import { startServiceProcess, type ServiceName, type ServiceProcess } from '@punctual/standalone';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const startLimitMs = 60_000;
/** Lines of an instance's log that are kept, to be shown when a test fails. */
const linesKept = 100;

/** An instance of a service, in a process of its own. */
export interface Instance {
  readonly service: ServiceName;
  readonly name: string;
  readonly url: string;
  readonly process: ServiceProcess;
  /** The last lines it wrote. */
  readonly lines: readonly string[];
}

/** Instances of the services as production runs them, each a process with its own environment. */
export class ServiceProcesses {
  readonly #running = new Set<Instance>();
  #begun = 0;

  /** `env` is what all instances share. */
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Compiles what is older than its source. */
  async build(): Promise<void> {
    await promisify(execFile)(process.execPath, [join(root, 'deploy/build/run.mjs'), '--build-only'], { cwd: root });
  }

  /** Starts one more instance, and resolves when it is ready. */
  async add(service: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<Instance> {
    const instance = await this.begin(service, env);
    try {
      await instance.process.ready(AbortSignal.timeout(startLimitMs));
    } catch (error) {
      throw new Error(`${instance.name} did not start:\n${instance.lines.join('\n')}`, { cause: error });
    }
    return instance;
  }

  /** Starts one more instance without waiting for it. */
  async begin(service: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<Instance> {
    this.#begun += 1;
    const name = `${service}-${this.#begun}`;
    const lines: string[] = [];
    const started = startServiceProcess({
      name,
      main: join(root, 'services', service, 'dist/bundle/main.js'),
      env: { HOST: '127.0.0.1', PORT: String(await freePort()), INSTANCE_ID: name, ...this.env, ...env },
      onLine: (line) => {
        lines.push(line);
        if (lines.length > linesKept) lines.shift();
      },
    });
    const instance = { service, name, url: started.url, process: started, lines };
    this.#running.add(instance);
    void started.ended.then(() => this.#running.delete(instance));
    return instance;
  }

  /** As a power cut ends it. */
  async kill({ process }: Instance): Promise<void> {
    process.signal('SIGKILL');
    await process.ended;
  }

  /** Stops all that run, in order. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map(({ process }) => process.stop()));
  }
}
