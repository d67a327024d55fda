import { describe, expect, it } from 'vitest';
import { WalkPace } from './walk-pace.js';

describe('WalkPace', () => {
  it('folds as many tickets at once as the time allows by what was measured, within bounds', () => {
    const pace = new WalkPace();
    expect(pace.ticketsIn(200)).toBe(100);
    for (let round = 0; round < 40; round += 1) pace.measured(100, 50);
    expect(pace.ticketsIn(200)).toBeGreaterThan(395);
    expect(pace.ticketsIn(10_000)).toBe(1_000);
    expect(pace.ticketsIn(-5)).toBe(25);
  });

  it('learns nothing from a slice that found no ticket', () => {
    const pace = new WalkPace();
    pace.measured(0, 5_000);
    expect(pace.ticketsIn(200)).toBe(100);
  });
});
