import { createRequire } from 'node:module';

interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The part of kafkajs' consumer group that is put right here. */
interface ConsumerGroup {
  /** The longest a fetch may wait, ms. */
  readonly maxWaitTime: number;
  readonly subscriptionState: { active(): readonly TopicPartitions[] };
  readonly cluster: { refreshMetadataIfNecessary(): Promise<void> };
  checkForStaleAssignment(): void;
  recoverFromFetch(error: unknown): Promise<void>;
  filterPartitionsByNode(nodeId: number, partitions: readonly TopicPartitions[]): readonly TopicPartitions[];
}

interface ConsumerGroupClass {
  readonly prototype: ConsumerGroup & {
    fetch(nodeId: number): Promise<readonly unknown[]>;
    resume(partitions: readonly TopicPartitions[]): void;
  };
}

/** Partitions are resumed one after the other; a fetch that begins with the first would leave the others out, ms. */
const GATHER_MS = 20;

/**
 * Where all partitions that a broker leads are paused, kafkajs 2.2.4 sleeps for as long as a fetch may wait, also if one is resumed meanwhile. All are
 * paused when a group has been joined, until they are claimed a few ms later: so each start and each rebalance took half a second more. Here
 * it is woken by the resumption (docs/adr/0005).
 */
export function resumeAtOnce(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  const { fetch, resume } = prototype;
  const sleepers = new WeakMap<ConsumerGroup, Set<() => void>>();
  prototype.fetch = async function fetchPromptly(this: ConsumerGroup, nodeId: number): Promise<readonly unknown[]> {
    if (mayFetch(this, nodeId)) return fetch.call(this as typeof prototype, nodeId);
    if (!(await knowsLeaders(this))) return [];
    if (mayFetch(this, nodeId)) return fetch.call(this as typeof prototype, nodeId);
    await new Promise<void>((resolve) => {
      const sleeping = sleepers.get(this) ?? new Set();
      sleepers.set(this, sleeping);
      const wake = (): void => {
        clearTimeout(timer);
        sleeping.delete(wake);
        setTimeout(resolve, GATHER_MS);
      };
      const timer = setTimeout(wake, this.maxWaitTime);
      sleeping.add(wake);
    });
    return [];
  };
  prototype.resume = function resumeAndWake(this: ConsumerGroup, partitions: readonly TopicPartitions[]): void {
    resume.call(this as typeof prototype, partitions);
    for (const wake of sleepers.get(this) ?? []) wake();
  };
}

/**
 * What kafkajs does at the beginning of each fetch. It forgets who leads a partition with the broker that led it, and learns it anew nowhere else:
 * where all partitions were led by one that died, none would be fetched any more. False where that failed, and what follows from it has been done.
 */
async function knowsLeaders(group: ConsumerGroup): Promise<boolean> {
  try {
    await group.cluster.refreshMetadataIfNecessary();
    group.checkForStaleAssignment();
    return true;
  } catch (error) {
    await group.recoverFromFetch(error);
    return false;
  }
}

/** Whether there is a partition to fetch from that broker; true as well where that cannot be told yet. */
function mayFetch(group: ConsumerGroup, nodeId: number): boolean {
  try {
    const active = group.filterPartitionsByNode(nodeId, group.subscriptionState.active());
    return active.some(({ partitions }) => partitions.length > 0);
  } catch {
    return true;
  }
}
