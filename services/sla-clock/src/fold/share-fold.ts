import type { ShareRecord } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { UnitOfWork } from '@punctual/stream';
import { takeAlarm } from '../storage/share-store.js';
import type { DueFold } from './due-fold.js';
import type { PartitionMemory } from './partition-memory.js';
import { policyNotPublished } from './policy-not-published.js';
import { sayDesk } from './say-desk.js';

/** Publishes each alarm of a priority share that is raised or cleared, once. No clock depends on it. */
export class ShareFold {
  constructor(
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly due: DueFold,
  ) {}

  async take(record: ShareRecord): Promise<void> {
    const { policy, share, id, state, at, reason, figures } = record;
    const alarm = await takeAlarm(await this.unit.transaction(), record);
    if (alarm === null) return;
    const pinned = await this.policies.pin(policy, at);
    if (pinned === null) throw policyNotPublished(policy);
    const isRaised = state === 'raised';
    this.due.say(
      sayDesk({
        type: isRaised ? 'sla.share.raised' : 'sla.share.cleared',
        policy,
        policyVersion: pinned.version,
        at,
        startedAt: alarm.raisedAt,
        detectedAt: this.memory.watermark?.at ?? at,
        cause: id,
        reasonCode: isRaised ? 'share' : 'share_over',
        reason,
        desk: { share, by: null, figures },
      }),
    );
  }
}
