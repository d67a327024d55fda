import type { TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { orderedEvents } from '../timeline.js';
import { instant, story, tell } from './story.spec-kit.js';

/** SLA-SEMANTICS §1: what comes first at one instant, what is dated before the creation, and what has not passed at the horizon. */

/** The events with sequences of their own, in the order they are given. */
function inSequence(events: readonly TicketEvent[]): TicketEvent[] {
  return events.map((event, sequence) => ({ ...event, sequence }));
}

describe('at one instant', () => {
  const both = story('09:00 created', '09:10 agent replies', '10:00 agent replies', '10:00 requester writes');

  it('the requester writes before the agent answers', () => {
    expect(tell(both, '10:30').clock('next')).toBe('met 10:00');
  });

  it("the source's own order comes before that", () => {
    const told = tell(inSequence(both), '10:30');
    expect(told.clock('next')).toBe('running');
    expect(told.due('next')).toBe('12:00');
  });

  it('a priority is changed before the reply that it concerns', () => {
    const events = story('09:00 created', '09:50 becomes normal', '09:50 agent replies');
    const priorityOf = (told: ReturnType<typeof tell>) =>
      told.folded.clocks.find(({ promise }) => promise === 'reply')?.priority;
    expect(priorityOf(tell(events, '10:30'))).toBe('normal');
  });

  it('a solved ticket is merged after it is solved', () => {
    expect(tell(story('09:00 created', '10:00 merged away', '10:00 solved'), '10:30').clock('fixed')).toBe('met 10:00');
  });

  it('whoever folds goes by the order of the contract: the same id once, the first of it', () => {
    const [created, second] = story('09:00 created', '10:00 agent replies');
    const [, third] = story('09:00 created', '10:00 solved');
    if (!created || !second || !third) throw new Error('no story');
    const events = [third, { ...second, sequence: 7 }, second, created];
    expect(orderedEvents(events, Infinity).map(({ id, sequence }) => `${id} ${sequence}`)).toEqual([
      '09:00 created -1',
      '10:00 solved -1',
      '10:00 agent replies 7',
    ]);
  });
});

describe('what is dated before the creation counts at the creation', () => {
  it.each([
    ['requester writes', 'next', 'running', '11:00'],
    ['waits for vendor', 'fixed', 'paused', undefined],
    ['assigned to person 1 in blue', 'taken', 'met 09:00', '09:30'],
    ['assigned to team blue', 'stay', 'running', '13:00'],
    ['merged away', 'reply', 'cancelled 09:00 merged', undefined],
    ['deleted', 'reply', 'cancelled 09:00 deleted', undefined],
    ['solved', 'fixed', 'met 09:00', '17:00'],
  ])('%s', (what, promise, outcome, due) => {
    const told = tell(story('09:00 created', `08:50 ${what}`), '09:15');
    expect(told.clock(promise)).toBe(outcome);
    expect(told.due(promise)).toBe(due);
  });

  it('a change of priority', () => {
    const told = tell(story('09:00 created', '08:50 becomes normal'), '09:15');
    const open = told.folded.clocks.filter(({ phase }) => phase === 'running');
    expect(open.map(({ promise, priority }) => `${promise} ${priority}`)).toContain('reply normal');
    expect(new Set(open.map(({ priority, startedAt }) => `${priority} ${startedAt - instant('09:00')}`))).toEqual(
      new Set(['normal 0']),
    );
  });
});

describe('at the horizon', () => {
  it('a warning has not been crossed yet', () => {
    expect(tell(story('09:00 created'), '09:30').said('sla.clock.warning')).not.toContain('reply 09:30');
    expect(tell(story('09:00 created'), '09:30:00.001').said('sla.clock.warning')).toContain('reply 09:30');
  });

  it('an escalation step has not come due yet', () => {
    expect(tell(story('09:00 created'), '11:00').said('sla.escalation.raised')).not.toContain('reply 11:00');
    expect(tell(story('09:00 created'), '11:00:00.001').said('sla.escalation.raised')).toContain('reply 11:00');
  });

  it('the reopen window has not passed yet', () => {
    const solved = story('09:00 created', '09:30 solved');
    expect(tell(solved, '+28d 09:30').clock('reply')).toBe('paused');
    expect(tell(solved, '+28d 09:30:00.001').clock('reply')).toBe('cancelled +28d 09:30 solved_without_reply');
  });

  it('a priority that is set later, and so decided already, does not hold yet', () => {
    const events = story('09:00 created', '10:00 becomes normal');
    const dueOf = (until: string) => tell(events, until).due('fixed');
    expect(dueOf('09:59:59.999')).toBe('17:00');
    expect(dueOf('10:00')).not.toBe('17:00');
  });

  it('an event dated ahead of it waits', () => {
    const events = story('09:00 created', '09:40 agent replies');
    expect(tell(events, '09:39:59.999').clock('reply')).toBe('running');
    expect(tell(events, '09:40').clock('reply')).toBe('met 09:40');
  });
});
