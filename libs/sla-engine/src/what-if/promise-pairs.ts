import type { Target } from '@punctual/contracts';

/** What a comparison needs to know of a policy's promise. */
export interface NamedPromise {
  readonly id: string;
  readonly target: Target;
}

/** Which promise of one policy is which of the other, by id, both ways. A promise in neither map has no counterpart. */
export interface PromisePairs {
  readonly toB: ReadonlyMap<string, string>;
  readonly toA: ReadonlyMap<string, string>;
}

/**
 * Pairs the promises of two policies: those of the same id and target; what is left, target by target, in the order in which the policies
 * list them. So a renamed promise is compared with its former self, not told as one lost and one found. Swapping the policies swaps the maps.
 */
export function pairPromises(a: readonly NamedPromise[], b: readonly NamedPromise[]): PromisePairs {
  const toB = new Map<string, string>();
  const toA = new Map<string, string>();
  const pair = (ofA: NamedPromise, ofB: NamedPromise): void => {
    toB.set(ofA.id, ofB.id);
    toA.set(ofB.id, ofA.id);
  };
  for (const ofA of a) {
    const same = b.find(({ id, target }) => id === ofA.id && target === ofA.target);
    if (same) pair(ofA, same);
  }
  const left = b.filter(({ id }) => !toA.has(id));
  for (const ofA of a.filter(({ id }) => !toB.has(id))) {
    const next = left.find(({ id, target }) => target === ofA.target && !toA.has(id));
    if (next) pair(ofA, next);
  }
  return { toB, toA };
}
