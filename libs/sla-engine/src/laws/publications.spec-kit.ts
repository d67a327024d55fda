import type { CompiledPolicy } from '@punctual/policy';
import fc from 'fast-check';
import type { PolicySchedule, PublicationMode } from '../policy-schedule.js';
import { lawsBegin } from './histories.spec-kit.js';
import { lawsPolicies } from './policies.spec-kit.js';

/** A policy of the laws by name, or publications of several as versions of one. */
export type Under = string | readonly Publication[];

export interface Publication {
  readonly at: number;
  readonly mode: PublicationMode;
  readonly name: string;
}

const minute = 60_000;

/** One to four publications around the time in which histories are dense; instants tie with each other and with events. */
export const publications: fc.Arbitrary<readonly Publication[]> = fc
  .array(
    fc.record({
      gap: fc.oneof(
        { weight: 1, arbitrary: fc.constant(0) },
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }).map((tens) => tens * 10 * minute) },
        { weight: 2, arbitrary: fc.integer({ min: 1, max: 200_000_000 }) },
      ),
      mode: fc.constantFrom<PublicationMode>('pin', 'from-now', 'retroactive', 'from-now', 'retroactive'),
      name: fc.constantFrom(...lawsPolicies.keys()),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((drawn) => {
    let at = lawsBegin - 120 * minute;
    return drawn.map(({ gap, mode, name }) => ({ at: (at += gap), mode, name }));
  });

export function policyUnder(under: Under): CompiledPolicy | PolicySchedule {
  if (typeof under === 'string') return policyNamed(under);
  return {
    publications: under.map(({ at, mode, name }) => ({ effectiveAt: at, mode, policy: policyNamed(name) })),
  };
}

function policyNamed(name: string): CompiledPolicy {
  const found = lawsPolicies.get(name);
  if (!found) throw new Error(`no laws' policy '${name}'`);
  return found;
}
