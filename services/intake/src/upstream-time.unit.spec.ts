import { describe, expect, it } from 'vitest';
import { checkPartitions, earliest } from './upstream-time.js';

const ends = new Map([[0, { start: 0, end: 10 }]]);
const until = (next: number, readUntil: number | null, before: [number, number][] = []): number => {
  const positions = new Map([[0, { next, readUntil }]]);
  return earliest(
    checkPartitions({ clusterId: 'c', ends, positions }, 1_000, new Map(before)).map((one) => one.completeUntil),
  );
};

describe('how far a stream has been read', () => {
  it.each([
    ['to its end: up to the check', until(10, 500), 1_000],
    ['with records left: up to the last one read', until(9, 500), 500],
    ['with records left after a quiet time: no earlier than a check has said', until(9, 500, [[0, 900]]), 900],
    ['not at all', until(0, null), 0],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it('is told by the partition furthest behind, also by one that has just been added', () => {
    const more = new Map([...ends, [1, { start: 0, end: 1 }]]);
    const positions = new Map([[0, { next: 10, readUntil: null }]]);
    const found = checkPartitions({ clusterId: 'c', ends: more, positions }, 1_000, new Map());
    expect(found.map(({ behind, completeUntil }) => [behind, completeUntil])).toEqual([
      [0, 1_000],
      [1, 0],
    ]);
    expect(earliest(found.map((one) => one.completeUntil))).toBe(0);
  });
});
