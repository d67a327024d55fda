import { describe, expect, it } from 'vitest';
import { watermarkGroups } from './watermark-groups.js';

describe('watermarkGroups', () => {
  it('takes each partition alone, up to sixteen', () => {
    expect(watermarkGroups(4, 1_000)).toEqual([[0], [1], [2], [3]]);
    expect(watermarkGroups(16, 1_000)).toEqual(Array.from({ length: 16 }, (_none, partition) => [partition]));
  });

  it('takes more in groups of equal size, each partition once', () => {
    const groups = watermarkGroups(64, 1_000);
    expect(groups).toHaveLength(16);
    expect(new Set(groups.map(({ length }) => length))).toEqual(new Set([4]));
    expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_none, partition) => partition));
  });

  it('lets no group follow another within 50 ms', () => {
    expect(watermarkGroups(8, 200)).toEqual([
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
    ]);
    expect(watermarkGroups(3, 20)).toEqual([[0, 1, 2]]);
  });
});
