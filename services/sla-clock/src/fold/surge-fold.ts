import { DEFAULT_SETTLE_MS, horizonOf, type SurgeRecord, type Watermark } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { UnitOfWork } from '@punctual/stream';
import { endWalk, loadOpenTickets, saveSurge, saveWalk, type OpenWalk } from '../storage/surge-store.js';
import type { DueFold } from './due-fold.js';
import type { DueTickets, PartitionMemory } from './partition-memory.js';
import { policyNotPublished } from './policy-not-published.js';
import { saySurge } from './say-surge.js';
import { ticketKey } from './ticket-row.js';

/** The most tickets of a walk folded under one watermark: deadlines of other tickets do not wait for all of them. */
const SLICE = 1_000;

/**
 * Takes surges in, and folds the open tickets of their policies a slice under each watermark. Verdicts do not wait for that: whatever makes a
 * ticket fold, its fold sees the surges told so far. The walk is what makes the others say in good time that they pause or run again.
 */
export class SurgeFold {
  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly due: DueFold,
  ) {}

  async take(record: SurgeRecord): Promise<void> {
    const { memory, partition } = this;
    const surge = memory.surges.take(record);
    if (surge === null) return;
    const walk: OpenWalk = { policy: record.policy, edge: surge.to ?? surge.from, after: null };
    memory.surgeWalks.set(record.policy, walk);
    const sql = await this.unit.transaction();
    await saveSurge(sql, partition, record.policy, surge);
    await saveWalk(sql, partition, walk);
    if (!record.speaks) return;
    const policy = await this.policies.pin(record.policy, record.at);
    if (policy === null) throw policyNotPublished(record.policy);
    this.due.say(saySurge(record, surge, policy.version, memory.watermark?.at ?? record.at));
  }

  /** The walks that go on under a watermark: time has settled beyond what they are about. */
  async walksUnder(watermark: Watermark): Promise<OpenWalk[]> {
    const walks: OpenWalk[] = [];
    for (const walk of this.memory.surgeWalks.values()) {
      const policy = await this.policies.pin(walk.policy, walk.edge);
      if (watermark.at - (policy?.settleMs ?? DEFAULT_SETTLE_MS) > walk.edge) walks.push(walk);
    }
    return walks;
  }

  /** The next tickets of a walk, by horizon. What the batch changed must be saved: the walk reads the database. */
  async nextSlice(walk: OpenWalk, watermark: Watermark): Promise<DueTickets[]> {
    const sql = await this.unit.transaction();
    const tickets = await loadOpenTickets(sql, this.partition, walk, SLICE);
    const last = tickets.at(-1);
    if (last === undefined || tickets.length < SLICE) {
      this.memory.surgeWalks.delete(walk.policy);
      await endWalk(sql, this.partition, walk.policy);
    } else {
      const further = { ...walk, after: { source: last.source, ticket: last.ticket } };
      this.memory.surgeWalks.set(walk.policy, further);
      await saveWalk(sql, this.partition, further);
    }
    const groups = Map.groupBy(tickets, ({ source, settleMs }) => JSON.stringify([source, settleMs]));
    return [...groups.values()].flatMap((group): DueTickets[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { source, settleMs } = first;
      const mode = watermark.sources[source]?.mode ?? 'live';
      const keys = group.map(({ ticket }) => ticketKey(source, ticket));
      return [{ horizon: horizonOf(watermark, source, settleMs), mode, keys }];
    });
  }
}
