import { describe, expect, it } from 'vitest';
import { SLICE_MS, WalkPace } from './walk-pace.js';

/** A pace after slices of which each takes `fixedMs` and `perTicketMs`. */
function paced(slices: number, fixedMs: number, perTicketMs: number, pace = new WalkPace()): WalkPace {
  for (let slice = 0; slice < slices; slice += 1) {
    const tickets = pace.ticketsIn(SLICE_MS);
    pace.measured(tickets, fixedMs + tickets * perTicketMs, 0);
  }
  return pace;
}

describe('WalkPace', () => {
  it('begins with small slices, and lets them grow to their time', () => {
    expect(new WalkPace().ticketsIn(SLICE_MS)).toBe(75);
    const tickets = paced(40, 20, 0.5).ticketsIn(SLICE_MS);
    expect(20 + tickets * 0.5).toBeGreaterThan(SLICE_MS * 0.5);
    expect(20 + tickets * 0.5).toBeLessThanOrEqual(SLICE_MS * 1.2);
  });

  it('shrinks them when they take too long, to no fewer than the least', () => {
    const slow = paced(5, 20, 2, paced(40, 20, 0.2));
    expect(slow.ticketsIn(SLICE_MS)).toBe(90);
    expect(paced(5, 5_000, 1, slow).ticketsIn(SLICE_MS)).toBe(75);
  });

  it('grows again after a slow stretch', () => {
    expect(paced(40, 20, 0.5, paced(40, 500, 5)).ticketsIn(SLICE_MS)).toBeGreaterThan(200);
  });

  it('holds no more than the most, and learns nothing from a slice that found few tickets', () => {
    expect(paced(40, 1, 0.001).ticketsIn(SLICE_MS)).toBe(1_000);
    const pace = new WalkPace();
    pace.measured(3, 1, 0);
    expect(pace.ticketsIn(SLICE_MS)).toBe(75);
  });

  it('takes fewer for what is left of a slice', () => {
    const pace = paced(40, 1, 0.001);
    expect(pace.ticketsIn(SLICE_MS / 2)).toBe(500);
    expect(pace.ticketsIn(-5)).toBe(75);
  });

  it('lets a partition walk between its records only after no partition has come to it for five seconds', () => {
    const pace = new WalkPace();
    expect(pace.isCrowdedOut(1_000, 6_000)).toBe(false);
    expect(pace.isCrowdedOut(1_000, 6_001)).toBe(true);
    pace.measured(75, 100, 4_000);
    expect(pace.isCrowdedOut(1_000, 9_000)).toBe(false);
    expect(pace.isCrowdedOut(1_000, 9_001)).toBe(true);
    expect(pace.isCrowdedOut(8_000, 9_001)).toBe(false);
  });
});
