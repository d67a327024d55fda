import type { Watermark } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { Clock, PinnedPolicies } from '@punctual/service-kit';
import type { Assignment, RecordBatch, UnitOfWork } from '@punctual/stream';
import { loadIncomplete } from '../storage/incomplete-store.js';
import type { MonthPartitions } from '../storage/month-partitions.js';
import { loadSurges } from '../storage/surge-store.js';
import { loadPending, loadTime } from '../storage/ticket-store.js';
import { loadArmedSources } from '../storage/timer-store.js';
import { loadWalks } from '../storage/walk-store.js';
import { BatchFold } from './batch-fold.js';
import type { FoldObserver } from './fold-observer.js';
import { PartitionMemory } from './partition-memory.js';
import { ticketKey } from './ticket-row.js';
import { WalkPace } from './walk-pace.js';

/**
 * Folds the partitions of `tickets.classified`. An event is recorded when it arrives; at each watermark the tickets that have something
 * due by its horizon (a recorded event, a deadline, a threshold) are folded once each, in the order of instants, in the batch's fenced
 * transaction. So verdicts are a function of the log, and of nothing else.
 */
export class ClockFolder {
  /** What each spell of ownership of a partition knows. */
  private readonly spells = new WeakMap<Assignment, PartitionMemory>();
  /** The memory of the last spell of each partition, for readers. */
  private readonly owned = new Map<number, PartitionMemory>();
  private readonly pace = new WalkPace();

  constructor(
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly months: MonthPartitions,
    private readonly observer: FoldObserver,
    /** Says when, in fact, something is found; no verdict depends on it. */
    private readonly clock: Clock,
  ) {}

  /** The latest watermark this instance has folded of a partition; null where it has none. */
  watermarkOf(partition: number): Watermark | null {
    return this.owned.get(partition)?.watermark ?? null;
  }

  /** What those partitions hold that are folded here, and owned now: for metrics. */
  held(
    owned: ReadonlySet<number>,
  ): { partition: number; watermark: Watermark | null; pending: number; armed: number }[] {
    return [...this.owned]
      .filter(([partition]) => owned.has(partition))
      .map(([partition, memory]) => ({
        partition,
        watermark: memory.watermark,
        pending: memory.pending.size,
        armed: memory.armed,
      }));
  }

  async fold(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    const memory = await this.memoryOf(batch.assignment, batch.partition, unit);
    const { policies, months, observer, pace, clock } = this;
    await new BatchFold(batch.partition, memory, unit, policies, months, observer, pace, clock).run(batch.records);
  }

  private async memoryOf(assignment: Assignment, partition: number, unit: UnitOfWork): Promise<PartitionMemory> {
    const known = this.spells.get(assignment);
    if (known) return known;
    const sql = await unit.transaction();
    const time = await loadTime(sql, partition);
    const memory = new PartitionMemory(time);
    // Whoever owned the partition before may have folded under a version that was announced to it alone.
    await this.policies.refresh();
    for (const source of await loadArmedSources(sql, partition)) memory.addSource(source);
    if (time !== null && time.pendingFrom !== null) {
      for (const ticket of await loadPending(sql, partition, time.pendingFrom)) memory.addStoredPending(ticket);
    }
    for (const { source, ticket, letter } of await loadIncomplete(sql, partition)) {
      memory.openLetter(ticketKey(source, ticket), letter);
    }
    memory.ticketWalks = await loadWalks(sql, partition);
    for (const { policy, surge } of await loadSurges(sql, [partition])) memory.surges.add(policy, surge);
    this.spells.set(assignment, memory);
    this.owned.set(partition, memory);
    return memory;
  }
}
