import { compilePolicy, type CompiledPolicy, type ResolvedPolicy } from '@punctual/policy';
import type { PublishedSchedule } from '@punctual/service-kit';
import type { NamedPromise, PolicySchedule } from '@punctual/sla-engine';

/** A policy with the promises it lists, in its order: a comparison pairs them with another policy's. */
export interface ComparablePolicy {
  readonly policy: CompiledPolicy;
  readonly promises: readonly NamedPromise[];
}

export function comparablePolicy(resolved: ResolvedPolicy): ComparablePolicy {
  return { policy: compilePolicy(resolved), promises: resolved.document.promises };
}

/** What a ticket is folded under. */
export function compiledSchedule({ publications }: PublishedSchedule<ComparablePolicy>): PolicySchedule {
  return { publications: publications.map((publication) => ({ ...publication, policy: publication.policy.policy })) };
}
