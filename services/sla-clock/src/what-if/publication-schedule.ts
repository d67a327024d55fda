import type { Instant } from '@punctual/contracts';
import type { PinnedPolicies, PolicyVersions } from '@punctual/service-kit';
import type { NamedPromise, PolicySchedule, PublicationMode } from '@punctual/sla-engine';
import { compiledSchedule, type ComparablePolicy } from './comparable-policy.js';

/** A policy's versions as they are published, and as they are with one more. */
export interface SchedulesCompared {
  /** Null where nothing is published yet. */
  readonly present: PolicySchedule | null;
  readonly proposed: PolicySchedule;
  /** The promises of every version, the proposed one's last. */
  readonly promises: readonly NamedPromise[];
  /** The newest publication's version. */
  readonly newest: string | null;
}

export interface ProposedPublication {
  readonly candidate: ComparablePolicy;
  readonly mode: PublicationMode;
  readonly effectiveAt: Instant;
}

/** Reads the versions of the candidate's policy, and puts the candidate where its publication would stand. */
export async function comparedSchedules(
  versions: PolicyVersions,
  policies: PinnedPolicies<ComparablePolicy>,
  { candidate, mode, effectiveAt }: ProposedPublication,
): Promise<SchedulesCompared> {
  await versions.refresh();
  const { id } = candidate.policy;
  const published = await policies.schedule(id);
  // The sort is stable: of equal instants the later publication stands last.
  const publications = [...(published?.publications ?? []), { effectiveAt, mode, policy: candidate }].toSorted(
    (a, b) => a.effectiveAt - b.effectiveAt,
  );
  return {
    present: published && compiledSchedule(published),
    proposed: compiledSchedule({ publications }),
    promises: [...(published?.publications.flatMap(({ policy }) => policy.promises) ?? []), ...candidate.promises],
    newest: (await versions.all()).findLast(({ policy }) => policy === id)?.version ?? null,
  };
}
