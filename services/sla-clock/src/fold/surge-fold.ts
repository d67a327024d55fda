import type { SurgeRecord } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { UnitOfWork } from '@punctual/stream';
import { saveSurge } from '../storage/surge-store.js';
import type { DeskSurge } from './desk-surges.js';
import type { DueFold } from './due-fold.js';
import type { PartitionMemory } from './partition-memory.js';
import { policyNotPublished } from './policy-not-published.js';
import { sayDesk } from './say-desk.js';
import { newWalk } from './ticket-walk.js';
import type { WalkFold } from './walk-fold.js';

/**
 * Takes surges in. Verdicts wait for nothing: whatever makes a ticket fold, its fold sees the surges told so far. A walk makes the other
 * tickets say in good time that they pause or run again, and brings it to those that ended since, where the surge is told late.
 */
export class SurgeFold {
  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly due: DueFold,
    private readonly walks: WalkFold,
  ) {}

  async take(record: SurgeRecord): Promise<void> {
    const { memory, partition } = this;
    const { policy, id } = record;
    const surge = memory.surges.take(record);
    if (surge === null) return;
    await saveSurge(await this.unit.transaction(), partition, policy, surge);
    const edge = surge.to ?? surge.from;
    await this.walks.add(newWalk({ policy, subject: id, effectiveAt: edge, mode: 'surge', affectsFrom: edge }));
    if (record.speaks) await this.say(record, surge);
  }

  private async say(record: SurgeRecord, surge: DeskSurge): Promise<void> {
    const { policy, id, by, reason, figures = null } = record;
    const pinned = await this.policies.pin(policy, record.at);
    if (pinned === null) throw policyNotPublished(policy);
    const begins = surge.to === null;
    this.due.say(
      sayDesk({
        type: begins ? 'sla.surge.started' : 'sla.surge.ended',
        policy,
        policyVersion: pinned.version,
        at: surge.to ?? surge.from,
        startedAt: surge.from,
        detectedAt: this.memory.watermark?.at ?? record.at,
        cause: id,
        reasonCode: begins ? 'surge' : 'surge_over',
        reason,
        desk: { share: null, by, figures },
      }),
    );
  }
}
