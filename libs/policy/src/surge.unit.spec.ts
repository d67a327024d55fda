import { describe, expect, it } from 'vitest';
import {
  builtInPack,
  decideBesidePeople,
  decideShare,
  decideSurge,
  isCalm,
  type DeclaredSurge,
  type DeskFigures,
} from './index.js';

const document = builtInPack('sourcegraph')?.document;
const surge = document?.surge;
const share = document?.priorityShares[0];
if (!surge || !share) throw new Error('the pack has a surge and a share');

const minute = 60_000;
const calm: DeskFigures = { waiting: 20, usual: 20, team: 10, away: 0 };

describe('a surge', () => {
  it.each<[string, Partial<DeskFigures>, boolean | null]>([
    ['the usual', {}, null],
    ['twice the usual, and not more', { waiting: 40 }, null],
    ['more than twice the usual', { waiting: 41 }, true],
    ['three of ten people away', { away: 3 }, null],
    ['four of ten people away, with the usual work', { away: 4 }, true],
    ['much of very little', { waiting: 9, usual: 1 }, null],
    ['much, where nobody knows what is usual', { waiting: 900, usual: null }, null],
  ])('begins by %s: %s', (_what, figures, open) => {
    expect(decideSurge(surge, null, { ...calm, ...figures }, 0)?.open ?? null).toBe(open);
  });

  it.each<[string, Partial<DeskFigures>, number, boolean | null]>([
    ['the usual', {}, 30 * minute, false],
    ['the usual, before it has lasted', {}, 30 * minute - 1, null],
    ['what would not have begun it', { waiting: 31 }, 60 * minute, null],
    ['what clears it', { waiting: 30 }, 60 * minute, false],
    ['people who are still away', { away: 3 }, 60 * minute, null],
    ['the last that clears', { away: 2 }, 60 * minute, false],
    ['not knowing', { usual: null }, 60 * minute, null],
  ])('ends by %s', (_what, figures, at, open) => {
    expect(decideSurge(surge, 0, { ...calm, ...figures }, at)?.open ?? null).toBe(open);
  });

  it('says by which figures', () => {
    expect(decideSurge(surge, null, { ...calm, waiting: 90 }, 0)?.reason).toBe(
      '90 tickets wait, usually 20; a surge begins above 2 times the usual',
    );
  });
});

describe('a surge beside what people declare', () => {
  const busy = { ...calm, waiting: 90 };
  const at = 60 * minute;
  it.each<[string, DeclaredSurge | null, number | null, DeskFigures, boolean | null]>([
    ['begins where nobody said anything', null, null, busy, true],
    ['ends where figures began it', { open: true, since: 0, byPerson: false }, 0, calm, false],
    ['does not end where a person began it', { open: true, since: 0, byPerson: true }, 0, calm, null],
    ['does not begin again at once where a person ended it', { open: false, since: 9, byPerson: true }, 9, busy, null],
    ['nor where it was never calm', { open: false, since: 9, byPerson: true }, null, busy, null],
    ['begins again once it was calm since', { open: false, since: 9, byPerson: true }, 10, busy, true],
    ['begins again at once where figures ended it', { open: false, since: 9, byPerson: false }, null, busy, true],
  ])('%s', (_what, last, calmAt, figures, open) => {
    expect(decideBesidePeople(surge, last, calmAt, figures, at)?.open ?? null).toBe(open);
  });

  it.each<[string, Partial<DeskFigures>, boolean]>([
    ['the usual', {}, true],
    ['what would not clear', { waiting: 31 }, false],
    ['people away', { away: 3 }, false],
    ['not knowing what is usual', { usual: null }, true],
  ])('is calm by %s: %s', (_what, figures, is) => {
    expect(isCalm(surge, { ...calm, ...figures })).toBe(is);
  });
});

describe('the share of p0 and p1', () => {
  it.each<[boolean, number, number, boolean | null]>([
    [false, 10, 100, null],
    [false, 11, 100, true],
    [false, 19, 19, null],
    [true, 8, 100, null],
    [true, 7, 100, false],
    [true, 5, 10, false],
  ])('open %s with %d of %d: %s', (isOpen, concerned, all, open) => {
    expect(decideShare(share, isOpen, { concerned, all })?.open ?? null).toBe(open);
  });

  it('says whose tickets were counted, where it names a scheme', () => {
    const figures = { concerned: 2, all: 20 };
    expect(decideShare({ ...share, scheme: 'pre-sales', minimumTickets: 1, above: 0.05 }, false, figures)?.reason).toBe(
      '2 of 20 tickets of pre-sales were p0 or p1; the alarm is raised above 5 %',
    );
  });
});
