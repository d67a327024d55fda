import { beforeEach, describe, expect, it } from 'vitest';
import type { EncodedRecord } from '../encoded-record.js';
import { FreshOutputs } from './fresh-outputs.js';

const origin = { topic: 'in', partition: 3 };
const at = (seq: number) => ({ ...origin, seq });

/** Outputs that say their own number. */
function numbered(first: number, count: number): EncodedRecord[] {
  return Array.from({ length: count }, (_, place) => ({
    topic: 'out',
    partition: 0,
    key: 'k',
    value: String(first + place),
    headers: {},
  }));
}

describe('outputs just committed', () => {
  let fresh: FreshOutputs;
  beforeEach(() => {
    fresh = new FreshOutputs();
    fresh.begin();
    fresh.takeMissed();
  });

  function add(first: number, count: number): void {
    fresh.add(origin, first, numbered(first, count));
  }

  function read(seq: number, limit = 10): number[] {
    const rows = fresh.from(at(seq), limit);
    for (const { seq: number, value } of rows) expect(value).toBe(String(number));
    return rows.map((row) => row.seq);
  }

  it('come in their order under their numbers, also of several commits', () => {
    add(0, 2);
    add(2, 3);
    expect(read(0)).toEqual([0, 1, 2, 3, 4]);
    expect(fresh.from(at(0), 1)[0]).toMatchObject({ origin, seq: 0, topic: 'out', partition: 0 });
  });

  it('come again until the position has moved past them', () => {
    add(0, 5);
    expect(read(0, 3)).toEqual([0, 1, 2]);
    expect(read(0, 3)).toEqual([0, 1, 2]);
    expect(read(3, 3)).toEqual([3, 4]);
    expect(read(5)).toEqual([]);
  });

  it('are let go when they have been relayed', () => {
    add(0, 5);
    fresh.letGo(at(3));
    expect(read(0)).toEqual([]);
    expect(read(3)).toEqual([3, 4]);
    fresh.letGo(at(5));
    add(5, 1);
    expect(read(5)).toEqual([5]);
  });

  it('leave to the table what lies before them, and say so', () => {
    add(7, 2);
    expect(read(5)).toEqual([]);
    expect(fresh.takeMissed()).toBe(true);
    expect(read(7)).toEqual([7, 8]);
    expect(fresh.takeMissed()).toBe(false);
  });

  it('do not join across a gap, where another process has committed between', () => {
    add(0, 2);
    add(4, 2);
    expect(fresh.takeMissed()).toBe(true);
    expect(read(0)).toEqual([0, 1]);
    expect(read(2)).toEqual([]);
    add(6, 1);
    expect(read(6)).toEqual([6]);
  });

  it('are not kept without bound', () => {
    add(0, 3_500);
    add(3_500, 1_000);
    expect(fresh.takeMissed()).toBe(true);
    expect(read(0, 5_000)).toHaveLength(3_500);
    expect(read(3_500)).toEqual([]);
  });

  it('are many until the relay has caught up', () => {
    add(0, 1_999);
    expect(fresh.areMany(origin)).toBe(false);
    add(1_999, 1_000);
    expect(fresh.areMany(origin)).toBe(true);
    read(1_500);
    expect(fresh.areMany(origin)).toBe(false);
  });

  it('are never many where another process relays', () => {
    add(0, 3_000);
    fresh.end();
    expect(fresh.areMany(origin)).toBe(false);
  });

  it('are not kept where another process relays, nor of a time before', () => {
    add(0, 2);
    fresh.end();
    add(2, 2);
    fresh.begin();
    expect(fresh.takeMissed()).toBe(true);
    expect(read(0)).toEqual([]);
    expect(read(2)).toEqual([]);
  });

  it('keep partitions apart', () => {
    add(0, 1);
    fresh.add({ topic: 'in', partition: 4 }, 10, numbered(10, 1));
    expect(read(0)).toEqual([0]);
    expect(fresh.from({ topic: 'in', partition: 4, seq: 10 }, 10).map(({ seq }) => seq)).toEqual([10]);
  });
});
