import type { ClassifiedRecord, Instant, Watermark } from '@punctual/contracts';
import { builtInPack, compilePolicy, resolvePolicy, type CompiledPolicy, type ResolvedPolicy } from '@punctual/policy';
import { PinnedPolicies, PolicyVersions } from '@punctual/service-kit';
import { openClockDatabase, type ClockDatabase } from '../storage/clock-database.spec-kit.js';
import type { FoldObserver } from './fold-observer.js';

/** Watches nothing. */
export const silent: FoldObserver = {
  recorded: () => undefined,
  folded: () => undefined,
  refolded: () => undefined,
  published: () => undefined,
  deadLettered: () => undefined,
  createdAgain: () => undefined,
  sealed: () => undefined,
  walkBegan: () => undefined,
  walked: () => undefined,
  quarantined: () => undefined,
};

/** A database of the SLA clock in which the pack `rego` is published. */
export interface RegoDesk extends ClockDatabase {
  readonly policies: PinnedPolicies<CompiledPolicy>;
}

export async function openRegoDesk(poolSize: number): Promise<RegoDesk> {
  const database = await openClockDatabase(poolSize);
  const { dataSource } = database;
  const versions = new PolicyVersions(dataSource);
  const pack = builtInPack('rego')?.document;
  if (!pack) throw new Error('the pack rego does not load');
  const document = resolvePolicy(pack);
  const { version } = document;
  await versions.publish({ policy: 'rego', version, document, effectiveAt: 0, mode: 'pin', publishedAt: 0 });
  const policies = new PinnedPolicies(versions, (stored) => compilePolicy(stored as ResolvedPolicy));
  return { ...database, policies };
}

export function watermark(at: Instant): Watermark {
  return { kind: 'watermark', at, sources: {} };
}

/** A ticket of the desk that is created, and of the highest priority: its first response is due an hour later. */
export function newTicket(ticket: string, occurredAt: Instant): ClassifiedRecord {
  const id = `${ticket}-created`;
  return {
    kind: 'event',
    event: {
      ...{ id, source: 'desk', ticket, type: 'ticket.created', occurredAt, receivedAt: occurredAt, sequence: -1 },
      data: { origin: 'requester', channel: 'portal' },
    },
    policy: 'rego',
    revision: 1,
    priorityHistory: [
      {
        ...{
          decisionId: `decision-${ticket}`,
          eventId: id,
          at: occurredAt,
          kind: 'correction',
          priority: 'Severity 1',
        },
        ...{ by: 'rule', status: 'decided', rule: null, confidence: 1, needsReview: false, reason: 'Down' },
      },
    ],
    coverageHistory: [],
  };
}
