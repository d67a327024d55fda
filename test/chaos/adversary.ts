import type { ServiceName } from '@punctual/standalone';
import { setTimeout as pause } from 'node:timers/promises';
import { SESSION_MS, type Deployment, type Instance } from './deployment.js';
import type { Random } from './random.js';
import type { RecoveryTimes } from './recovery-times.js';

const services = ['intake', 'classifier', 'sla-clock'] as const;

type Fault = () => Promise<void>;

/** Kills, pauses, adds and removes by a seed, with a few faults under way at any time, and puts each right again. */
export class Adversary {
  /** How often each kind of fault was done. */
  readonly done = new Map<string, number>();
  /** What is stricken and not yet put right; nobody strikes it twice. */
  readonly #stricken = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  constructor(
    private readonly deployment: Deployment,
    private readonly random: Random,
    private readonly recovery: RecoveryTimes,
  ) {}

  /** Does `faults` faults, and resolves when everything is back. */
  async run(faults: number): Promise<void> {
    const kinds = [...services, ...services, 'broker', 'postgres', 'pause', 'pause', 'rebalance'] as const;
    // Every kind comes, in an order of its own each time, however few there are.
    let left: (typeof kinds)[number][] = [];
    for (let count = 0; count < faults && this.#failures.length === 0; count += 1) {
      if (left.length === 0) left = shuffled([...new Set(kinds), ...kinds], this.random);
      this.#begin(this.#fault(left.pop() ?? 'broker'));
      while (this.#underWay.size >= 3) await Promise.race(this.#underWay);
      await pause(this.random.between(200, 1_500));
    }
    await Promise.all(this.#underWay);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #begin(fault: Fault): void {
    const running = fault()
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  #fault(kind: ServiceName | 'broker' | 'postgres' | 'pause' | 'rebalance'): Fault {
    switch (kind) {
      case 'broker':
        return this.#alone('broker', () => this.#killBroker(this.random.between(0, 2)));
      case 'postgres':
        return this.#alone('postgres', () => this.#killPostgres());
      case 'pause':
        return this.#onInstance(this.random.pick(services), (one) => this.#pause(one));
      case 'rebalance':
        return this.#alone('rebalance', () => this.#addAndRemove(this.random.pick(['classifier', 'sla-clock'])));
      default:
        return this.#onInstance(kind, (one) => this.#kill(one));
    }
  }

  /** Waits until nothing of this kind is stricken: one broker of three, and one database, can be away. */
  #alone(kind: string, fault: Fault): Fault {
    return async () => {
      while (this.#stricken.has(kind)) await pause(50);
      this.#stricken.add(kind);
      await fault().finally(() => this.#stricken.delete(kind));
    };
  }

  #onInstance(service: ServiceName, fault: (instance: Instance) => Promise<void>): Fault {
    const instance = this.random.pick(this.deployment.of(service));
    return this.#alone(instance.name, () => fault(instance));
  }

  async #kill(instance: Instance): Promise<void> {
    const wait = this.random.between(0, 2_500);
    instance.process.signal('SIGKILL');
    const moving = this.#strike(`kill ${instance.service}`);
    await instance.process.ended;
    await pause(wait);
    await Promise.all([this.deployment.ready(instance), moving]);
  }

  /** Longer than the group waits: its partitions are others' when it goes on, in the middle of what it was doing. */
  async #pause(instance: Instance): Promise<void> {
    const wait = this.random.between(SESSION_MS + 1_000, SESSION_MS + 4_000);
    instance.process.signal('SIGSTOP');
    const moving = this.#strike(`pause ${instance.service}`);
    await pause(wait);
    instance.process.signal('SIGCONT');
    await Promise.all([this.deployment.ready(instance), moving]);
  }

  async #killBroker(index: number): Promise<void> {
    const wait = this.random.between(500, 4_000);
    await this.deployment.kafka.kill(index);
    const moving = this.#strike('kill broker');
    await pause(wait);
    await Promise.all([this.deployment.kafka.start(index), moving]);
  }

  async #killPostgres(): Promise<void> {
    const wait = this.random.between(0, 2_000);
    await this.deployment.killPostgres();
    const moving = this.#strike('kill PostgreSQL');
    await pause(wait);
    await this.deployment.startPostgres();
    await moving;
  }

  async #addAndRemove(service: ServiceName): Promise<void> {
    const wait = this.random.between(500, 3_000);
    const adding = this.#strike(`add ${service}`);
    const added = await this.deployment.add(service);
    await adding;
    await pause(wait);
    await Promise.all([this.#strike(`remove ${service}`), this.deployment.remove(added)]);
  }

  #strike(kind: string): Promise<void> {
    this.done.set(kind, (this.done.get(kind) ?? 0) + 1);
    return this.recovery.measure(kind);
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
