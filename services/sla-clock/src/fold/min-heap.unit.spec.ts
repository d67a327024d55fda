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

  it('tells those before an instant, and keeps them', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 51 }), (all, limit) => {
        const heap = heapOf(all);
        const before = heap.before(limit, all.length).map(({ at }) => at);
        expect(sorted(before)).toEqual(sorted(all.filter((at) => at < limit)));
        expect(heap.size).toBe(all.length);
      }),
    );
  });

  it('tells no more of them than asked for', () => {
    expect(heapOf([3, 1, 2, 5, 4]).before(5, 2)).toHaveLength(2);
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
