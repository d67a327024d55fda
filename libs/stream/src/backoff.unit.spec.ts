import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, pause } from './backoff.js';

describe('backoffMs', () => {
  it('doubles up to the most, and waits between half and all of it', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 50, 300, () => 1))).toEqual([50, 100, 200, 300]);
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 50, 300, () => 0))).toEqual([25, 50, 100, 150]);
  });

  it('stays within its bounds however often it failed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const ms = backoffMs(attempt, 50, 5_000, () => random);
        return ms >= 25 && ms <= 5_000;
      }),
    );
  });
});

describe('pause', () => {
  it('ends at once when aborted', async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await waiting;
    await pause(60_000, stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });
});
