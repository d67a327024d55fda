import { changeKinds, compareImportance, type VerdictChange } from './compare-verdicts.js';
import { expect, it } from 'vitest';
import { MostImportant } from './most-important.js';

/** Changes of every kind in an order that is not theirs: 7919 is prime to their number, so each comes once. */
const changes = Array.from({ length: 5_000 }, (_, index): VerdictChange => {
  const drawn = (index * 7_919) % 5_000;
  const kind = changeKinds[drawn % changeKinds.length] ?? 'due_later';
  return { source: 'desk', ticket: `T-${drawn}`, target: null, a: null, b: null, kinds: [kind], causes: [] };
});

it('lists what sorting everything would list, and counts the rest', () => {
  const found = new MostImportant(7);
  for (const change of changes) found.add(change);
  const expected = changes.toSorted(compareImportance).slice(0, 7);
  expect(found.list()).toEqual(expected);
  expect(expected[0]).toMatchObject({ ticket: 'T-0', kinds: ['kept_to_late'] });
  expect(found.count).toBe(5_000);
  expect(found.tickets.size).toBe(5_000);
  expect(found.kinds().reduce((sum, [, count]) => sum + count, 0)).toBe(5_000);
  expect(found.kinds().map(([kind]) => kind)).toEqual(changeKinds);
});
