import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinHeap } from './min-heap.js';

const instants = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 });

describe('a heap of instants', () => {
  it('gives them back in order', () => {
    fc.assert(
      fc.property(instants, (all) => {
        const heap = heapOf(all);
        const popped = all.map(() => heap.pop()?.at);
        expect(popped).toEqual(sorted(all));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});

function heapOf(instantsInIt: readonly number[]): MinHeap<{ readonly at: number }> {
  const heap = new MinHeap<{ readonly at: number }>();
  for (const at of instantsInIt) heap.push({ at });
  return heap;
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}
