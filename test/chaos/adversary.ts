import type { ServiceName } from '@punctual/standalone';
import { setTimeout as pause } from 'node:timers/promises';
import { SESSION_MS, type Deployment, type Instance } from './deployment.js';
import type { Random } from './random.js';
import type { RecoveryTimes } from './recovery-times.js';

const services = ['intake', 'classifier', 'sla-clock'] as const;

/** What can be done to a deployment: to kill something, to let an instance stand still, or to add one and remove it again. */
export type Fault = ServiceName | 'broker' | 'postgres' | 'pause' | 'rebalance';

const kinds: readonly Fault[] = [...services, 'broker', 'postgres', 'pause', 'rebalance'];
const mostUnderWay = 3;

/** Faults without a plan: every kind comes, in an order of its own each time, the cheap ones more often. */
export function* anyFaults(count: number, random: Random): Generator<Fault> {
  let left: Fault[] = [];
  for (let done = 0; done < count; done += 1) {
    if (left.length === 0) left = shuffled([...kinds, ...kinds, ...services, 'pause'], random);
    yield left.pop() ?? 'pause';
  }
}

/** Kills, pauses, adds and removes, with a few faults under way at any time, and puts each right again. Chance decides whom it strikes. */
export class Adversary {
  /** How often each kind of fault was done. */
  readonly #done = new Map<string, number>();
  /** What is stricken and not yet put right; nobody strikes it twice. */
  readonly #stricken = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  constructor(
    private readonly deployment: Deployment,
    private readonly random: Random,
    private readonly recovery: RecoveryTimes,
    private readonly print: (line: string) => void,
  ) {}

  /** Does the faults, and resolves when everything is back. */
  async run(faults: Iterable<Fault>): Promise<void> {
    for (const fault of faults) {
      while (this.#underWay.size >= mostUnderWay) await Promise.race(this.#underWay);
      if (this.#failures.length > 0) break;
      this.#begin(this.#prepared(fault));
      await pause(this.random.between(200, 1_500));
    }
    await Promise.all(this.#underWay);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** One line a kind. */
  table(): string[] {
    return [...this.#done].sort().map(([kind, count]) => `  ${kind.padEnd(24)}${String(count).padStart(4)}`);
  }

  #begin(fault: () => Promise<void>): void {
    const running = fault()
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** The fault with all that chance decides decided: so a seed means the same faults, however long each takes. */
  #prepared(fault: Fault): () => Promise<void> {
    switch (fault) {
      case 'broker': {
        const [index, wait] = [this.random.between(0, 2), this.random.between(500, 3_000)];
        return () => this.#alone('broker', () => this.#killBroker(index, wait));
      }
      case 'postgres': {
        const wait = this.random.between(0, 2_000);
        return () => this.#alone('postgres', () => this.#killPostgres(wait));
      }
      case 'pause': {
        const wait = this.random.between(SESSION_MS + 500, SESSION_MS + 2_500);
        return this.#onInstance(this.random.pick(services), (instance) => this.#pause(instance, wait));
      }
      case 'rebalance': {
        const [service, wait] = [
          this.random.pick(['classifier', 'sla-clock'] as const),
          this.random.between(500, 2_000),
        ];
        return () => this.#alone('rebalance', () => this.#addAndRemove(service, wait));
      }
      default: {
        const wait = this.random.between(0, 2_000);
        return this.#onInstance(fault, (instance) => this.#kill(instance, wait));
      }
    }
  }

  /** Waits until nothing of this kind is stricken: one broker of three, and one database, can be away. */
  async #alone(kind: string, fault: () => Promise<void>): Promise<void> {
    while (this.#stricken.has(kind)) await pause(50);
    this.#stricken.add(kind);
    await fault().finally(() => this.#stricken.delete(kind));
  }

  #onInstance(service: ServiceName, fault: (instance: Instance) => Promise<void>): () => Promise<void> {
    const instance = this.random.pick(this.deployment.of(service).slice(0, 2));
    return () => this.#alone(instance.name, () => fault(instance));
  }

  async #kill(instance: Instance, wait: number): Promise<void> {
    instance.process.signal('SIGKILL');
    const moving = this.#strike(`kill ${instance.service}`);
    await instance.process.ended;
    await pause(wait);
    await Promise.all([this.deployment.ready(instance), moving]);
  }

  /** Longer than the group waits: its partitions are others' when it goes on, in the middle of what it was doing. */
  async #pause(instance: Instance, wait: number): Promise<void> {
    instance.process.signal('SIGSTOP');
    const moving = this.#strike(`pause ${instance.service}`);
    await pause(wait);
    instance.process.signal('SIGCONT');
    await Promise.all([this.deployment.ready(instance), moving]);
  }

  async #killBroker(index: number, wait: number): Promise<void> {
    await this.deployment.kafka.kill(index);
    const moving = this.#strike('kill broker');
    await pause(wait);
    await Promise.all([this.deployment.kafka.start(index), moving]);
  }

  async #killPostgres(wait: number): Promise<void> {
    await this.deployment.killPostgres();
    const moving = this.#strike('kill PostgreSQL');
    await pause(wait);
    await this.deployment.startPostgres();
    await moving;
  }

  async #addAndRemove(service: ServiceName, wait: number): Promise<void> {
    const adding = this.#strike(`add ${service}`);
    const added = await this.deployment.add(service);
    await adding;
    await pause(wait);
    await Promise.all([this.#strike(`remove ${service}`), this.deployment.remove(added)]);
  }

  async #strike(kind: string): Promise<void> {
    this.#done.set(kind, (this.#done.get(kind) ?? 0) + 1);
    const ms = await this.recovery.measure(kind);
    this.print(
      `  ${new Date().toISOString().slice(11, 19)} ${kind.padEnd(18)} everything moves after ${(ms / 1_000).toFixed(1)} s`,
    );
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
