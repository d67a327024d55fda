import { describe, expect, it } from 'vitest';
import { explainTicket } from '../explain.js';
import { LiveDesk } from './live-desk.spec-kit.js';
import { instant, story, tell } from './story.spec-kit.js';

/** What changes while a ticket is solved, and what its reopening makes of it (SLA-SEMANTICS §4, §5). */

const solved = ['09:00 created', '09:10 agent replies', '11:00 solved'] as const;

describe('a priority that changed while the ticket was solved', () => {
  it('leaves the verdict as it is while the ticket stays solved', () => {
    const told = tell(story(...solved, '12:00 becomes normal'), '13:00');
    const fixed = told.folded.clocks.find(({ promise }) => promise === 'fixed');
    expect(told.clock('fixed')).toBe('met 11:00');
    expect(fixed).toMatchObject({ targetMs: 8 * 3_600_000, elapsedMs: 2 * 3_600_000, priority: 'urgent' });
  });

  it('is what the reopened clock runs under, counted from its start', () => {
    const told = tell(story(...solved, '12:00 becomes normal', '13:00 open'), '13:00');
    // Of 24 hours in Berlin, two were counted until the solving; 22 are left at 13:00, in days of seven and a half.
    expect(told.folded.clocks.find(({ promise }) => promise === 'fixed')).toMatchObject({
      targetMs: 24 * 3_600_000,
      elapsedMs: 2 * 3_600_000,
      priority: 'normal',
    });
    expect(told.due('fixed')).toBe('+3d 12:30');
    expect(told.said('sla.clock.retargeted')).toContain('fixed 13:00');
  });

  it('breaks no promise before the reopening, where the new target is long over', () => {
    const lines = ['09:00 created', '15:00 solved', '16:00 becomes urgent', '18:00 open'];
    const told = tell(story(...lines), '18:01', { priority: 'measured' });
    expect(told.clock('fixed')).toBe('running');
    const strict = tell(story('09:00 created', '20:00 solved', '21:00 becomes urgent', '22:00 open'), '22:01', {
      priority: 'measured',
    });
    expect(strict.clock('fixed')).toBe('breached 22:00');
  });

  it('says the same whether the ticket is folded as it lives or at once', () => {
    const lines = [...solved, '12:00 becomes normal', '13:00 open', '13:30 waits for vendor'];
    const live = new LiveDesk();
    live.hear(['09:00 created', '09:00 becomes urgent'], '09:05');
    for (const line of lines.slice(1)) live.hear([line], line.slice(0, 5));
    const atOnce = new LiveDesk();
    atOnce.hear(['09:00 created', '09:00 becomes urgent', ...lines.slice(1)], '13:30');
    const standing = ({ published }: LiveDesk): string[] => {
      const takenBack = new Set(published.map(({ corrects }) => corrects));
      return published
        .filter(({ id, corrects, type }) => corrects === null && !takenBack.has(id) && type !== 'sla.clock.warning')
        .map(({ id }) => id)
        .sort();
    };
    expect(standing(live)).toEqual(standing(atOnce));
  });

  it('another name for the same terms is what the reopened clock is counted under', () => {
    const told = tell(story(...solved, '12:00 becomes low', '12:30 becomes urgent', '13:00 open'), '13:30');
    expect(told.folded.clocks.find(({ promise }) => promise === 'fixed')).toMatchObject({
      targetMs: 8 * 3_600_000,
      priority: 'urgent',
    });
    expect(told.due('fixed')).toBe('19:00');
  });

  it('a clock that was broken stays judged, and counts its lateness on', () => {
    const told = tell(story('09:00 created', '18:00 solved', '18:30 becomes normal', '19:00 open'), '19:30');
    expect(told.clock('fixed')).toBe('breached 17:00');
    expect(told.folded.clocks.find(({ promise }) => promise === 'fixed')).toMatchObject({ targetMs: 8 * 3_600_000 });
  });
});

describe('a promise that went and came back while the ticket was solved', () => {
  const away = [...solved, '12:00 moves to a plan without promises'] as const;

  it('is kept for good where it stays away', () => {
    const told = tell(story(...away, '13:00 open'), '14:00');
    expect(told.clock('fixed')).toBe('met 11:00');
    expect(told.said('sla.clock.met')).toContain('fixed 11:00');
  });

  it('is owed again by the reopening where it came back', () => {
    const told = tell(story(...away, '12:30 moves to plan gold', '13:00 open'), '14:00');
    expect(told.clock('fixed')).toBe('running');
    expect(told.due('fixed')).toBe('19:00');
    expect(told.said('sla.clock.met')).not.toContain('fixed 11:00');
  });
});

it('a paused clock that is put under other terms still waits for what it waited for', () => {
  const lines = [
    '09:00 created',
    '09:10 agent replies',
    '09:20 waits for vendor',
    '10:00 becomes normal',
    '11:00 open',
  ];
  const told = tell(story(...lines), '11:10');
  const fixed = explainTicket(told.folded, instant('11:10')).find(({ clock }) => clock.promise === 'fixed');
  expect(fixed?.segments.filter(({ state }) => state === 'paused').map(({ reason }) => reason)).toEqual([
    'waiting_other',
    'waiting_other',
  ]);
});
