import { describe, expect, it } from 'vitest';
import { monthAfter, monthOf, monthsOf } from './month.js';

describe('the month of an instant', () => {
  it.each([
    ['2026-03-01T00:00:00.000Z', '2026_03'],
    ['2026-03-31T23:59:59.999Z', '2026_03'],
    ['2026-12-31T23:59:59.999Z', '2026_12'],
    ['2012-02-29T12:00:00.000Z', '2012_02'],
    ['1999-12-31T23:59:59.999Z', 'before_2000'],
    ['1970-01-01T00:00:00.000Z', 'before_2000'],
    ['-000300-01-01T00:00:00.000Z', 'before_2000'],
  ])('%s lies in %s', (text, name) => {
    const instant = Date.parse(text);
    const month = monthOf(instant);
    expect(month.name).toBe(name);
    expect(instant).toBeLessThan(month.end);
    expect(instant).toBeGreaterThanOrEqual(month.start ?? Number.NEGATIVE_INFINITY);
  });

  it('ends where the next begins', () => {
    let month = monthOf(0);
    for (let index = 0; index < 400; index += 1) {
      const next = monthAfter(month);
      expect(next.start).toBe(month.end);
      month = next;
    }
    expect(month.name).toBe('2033_04');
  });

  it('is listed once, in order', () => {
    const instants = ['2026-03-05', '2026-01-31', '2026-03-01', '1980-05-05', '1990-01-01'].map((day) =>
      Date.parse(day),
    );
    expect(monthsOf(instants).map(({ name }) => name)).toEqual(['before_2000', '2026_01', '2026_03']);
  });
});
