import { freePort, startLocalKafka, type LocalKafka } from '@punctual/local-kafka';
import {
  startEmbeddedServer,
  startServiceProcess,
  type EmbeddedServer,
  type ServiceName,
  type ServiceProcess,
} from '@punctual/standalone';
import { execFile } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');

export const PARTITIONS = 4;
/** Short, so that losing an instance and coming back from a stop both happen within seconds. */
export const SESSION_MS = 3_000;

/** An instance of a service: a place that a process fills, at one address for as long as the deployment lives. */
export interface Instance {
  readonly service: ServiceName;
  readonly name: string;
  readonly url: string;
  process: ServiceProcess;
}

/** Punctual as it runs in production, on this machine: three brokers, PostgreSQL, some instances of each service, real processes all. */
export class Deployment {
  readonly instances: Instance[] = [];
  #names = 0;

  private constructor(
    readonly directory: string,
    readonly kafka: LocalKafka,
    private postgres: EmbeddedServer,
  ) {}

  static async start(instancesOfEach: number): Promise<Deployment> {
    const compiling = promisify(execFile)(process.execPath, ['deploy/build/run.mjs', '--build-only'], { cwd: root });
    const directory = mkdtempSync(join(tmpdir(), 'punctual-chaos-'));
    // As root, PostgreSQL has a user of its own, who must be able to get there.
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'log'));
    const [kafka, postgres] = await Promise.all([startLocalKafka({ brokers: 3 }), startEmbeddedServer(directory)]);
    const deployment = new Deployment(directory, kafka, postgres);
    try {
      await compiling;
      const all = (['intake', 'classifier', 'sla-clock'] as const).flatMap((service) =>
        Array<typeof service>(instancesOfEach).fill(service),
      );
      // All at once, so that they also meet while they make topics and tables.
      await Promise.all(all.map((service) => deployment.add(service)));
    } catch (error) {
      await deployment.stop();
      throw error;
    }
    return deployment;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  of(service: ServiceName): readonly Instance[] {
    return this.instances.filter((one) => one.service === service);
  }

  /** Starts one more instance, and resolves when it is ready. */
  async add(service: ServiceName): Promise<Instance> {
    this.#names += 1;
    const name = `${service}-${this.#names}`;
    const port = await freePort();
    const instance = { service, name, url: `http://127.0.0.1:${port}`, process: this.#begin(service, name, port) };
    this.instances.push(instance);
    await this.ready(instance);
    return instance;
  }

  /** Stops an instance in order, for good. */
  async remove(instance: Instance): Promise<void> {
    this.instances.splice(this.instances.indexOf(instance), 1);
    await instance.process.stop();
  }

  /** Fills an instance's place with a new process if the one in it has ended. */
  restart(instance: Instance): void {
    if (instance.process.isAlive()) return;
    instance.process = this.#begin(instance.service, instance.name, Number(new URL(instance.url).port));
  }

  /** Resolves when an instance is ready; one that ends while it waits for that is started again, as a supervisor would. */
  async ready(instance: Instance): Promise<void> {
    const limit = AbortSignal.timeout(90_000);
    for (;;) {
      this.restart(instance);
      try {
        return await instance.process.ready(limit);
      } catch (error) {
        if (limit.aborted) throw new Error(`${instance.name} is not ready after 90 s`, { cause: error });
        await pause(500);
      }
    }
  }

  async killPostgres(): Promise<void> {
    const pid = Number.parseInt(readFileSync(join(this.directory, 'postgres/postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 'SIGKILL');
  }

  async startPostgres(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.postgres = await startEmbeddedServer(this.directory);
        return;
      } catch (error) {
        // Backends of the killed server may still hold its shared memory.
        if (attempt === 40) throw error;
        await pause(250);
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map(({ process }) => process.stop()));
    await this.kafka.stop();
    await this.postgres.stop();
  }

  /** Deletes data and logs. */
  async deleteFiles(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  #begin(service: ServiceName, name: string, port: number): ServiceProcess {
    const log = createWriteStream(join(this.directory, 'log', `${name}.log`), { flags: 'a' });
    const running = startServiceProcess({
      name,
      main: join(root, 'services', service, 'dist/bundle/main.js'),
      env: {
        ...{ HOST: '127.0.0.1', PORT: String(port), INSTANCE_ID: name, DATABASE_URL: this.databaseUrl },
        ...{
          KAFKA_BROKERS: this.kafka.brokers.join(','),
          KAFKA_REPLICATION: '3',
          KAFKA_SESSION_MS: String(SESSION_MS),
        },
        ...{ PARTITIONS: String(PARTITIONS), DATABASE_POOL: '6', WATERMARK_INTERVAL_MS: '250', LOG_LEVEL: 'info' },
      },
      onLine: (line) => void log.write(`${line}\n`),
    });
    void running.ended.then((how) => log.end(`${new Date().toISOString()} ended: ${how}\n`));
    return running;
  }
}
