import { describe, expect, it } from 'vitest';
import { explainTicket } from '../explain.js';
import { compile } from '../laws/policies.spec-kit.js';
import { LiveDesk } from './live-desk.spec-kit.js';
import { instant, story, tell } from './story.spec-kit.js';

/** Every row of the semantics' decided cases, and what users of other engines complain of, as a story. */

describe('who acts', () => {
  it('a participant counts as requester', () => {
    const told = tell(story('09:00 created', '09:10 agent replies', '10:00 participant writes'), '10:30');
    expect(told.clock('next')).toBe('running');
    expect(told.due('next')).toBe('12:00');
  });

  it.each(['bot replies', 'system writes', 'agent is out of office', 'agent notes internally'])(
    '%s: keeps no promise',
    (line) => {
      const told = tell(story('09:00 created', `09:10 ${line}`), '10:30');
      expect(told.clock('reply')).toBe('breached 10:00');
    },
  );

  it('an out-of-office answer of the requester neither starts nor ends anything', () => {
    const told = tell(
      story('09:00 created', '09:10 agent replies', '09:20 waits for requester', '09:30 requester is out of office'),
      '11:00',
    );
    expect(told.clock('fixed')).toBe('paused');
    expect(told.clock('next')).toBeUndefined();
  });
});

describe('creation', () => {
  it('starts first response, acknowledgement and resolution', () => {
    const told = tell(story('09:00 created'), '09:15');
    expect([told.due('reply'), told.due('reply_goal'), told.due('taken'), told.due('fixed')]).toEqual([
      '10:00',
      '09:30',
      '09:30',
      '17:00',
    ]);
  });

  it('by an agent on behalf of a requester starts at creation, and its text keeps nothing', () => {
    expect(tell(story('09:00 created by an agent on behalf'), '09:15').due('reply')).toBe('10:00');
  });

  it('by an agent who writes first: the first response starts with the requester', () => {
    const told = tell(story('09:00 created by an agent who writes first', '11:00 requester writes'), '11:10');
    expect(told.due('reply')).toBe('12:00');
    expect(told.due('fixed')).toBe('17:00');
  });

  it('by an agent who writes first, and again before the requester does: that is no reply', () => {
    const outbound = story(
      '09:00 created by an agent who writes first',
      '10:00 agent replies',
      '11:00 requester writes',
    );
    expect(tell(outbound, '11:10').due('reply')).toBe('12:00');
    expect(tell([...outbound, ...story('11:30 agent replies')], '13:00').clock('reply')).toBe('met 11:30');
  });

  it('by an agent who writes first: a reply promised later counts from the requester, not from the creation', () => {
    const lines = ['09:00 created by an agent who writes first', '09:01 moves to a plan without promises'];
    const told = tell(story(...lines, '11:00 requester writes', '11:20 moves to plan gold'), '11:30');
    expect(told.due('reply')).toBe('12:00');
    expect(tell(story(...lines, '11:20 moves to plan gold'), '11:30').clock('reply')).toBeUndefined();
  });

  it('by an agent who writes first, answered when it was solved: the first response starts at the reopening', () => {
    const lines = ['09:00 created by an agent who writes first', '10:00 solved', '11:00 requester writes'];
    expect(tell(story(...lines), '11:30').clock('reply')).toBeUndefined();
    const reopened = tell(story(...lines, '12:00 open'), '12:30');
    expect([reopened.due('reply'), reopened.due('next')]).toEqual(['13:00', '14:00']);
  });

  it('already assigned to a person: acknowledged at 0 ms', () => {
    const told = tell(story('09:00 created assigned to a person'), '09:15');
    expect(told.clock('taken')).toBe('met 09:00');
    expect(told.elapsedMinutes('taken')).toBe(0);
  });

  it('assigned to a team alone does not acknowledge, but begins a stay', () => {
    const told = tell(story('09:00 created assigned to a team'), '09:45');
    expect(told.clock('taken')).toBe('breached 09:30');
    expect(told.due('stay')).toBe('13:00');
  });

  it('unknown: not covered until an event claims it', () => {
    const orphan = story('10:00 agent replies');
    expect(tell(orphan, '11:00').folded.state.covered).toBe(false);
    const claimed = orphan.map(
      (event) =>
        ({ ...event, data: { ...event.data, ticket: { createdAt: instant('09:30') } } }) as (typeof orphan)[number],
    );
    expect(tell(claimed, '11:00').clock('reply')).toBe('met 10:00');
  });

  it('a second created is ignored; after a deletion it restores', () => {
    const [second] = story('09:30 created');
    const again = second ? [{ ...second, id: 'again' }] : [];
    const told = tell([...story('09:00 created'), ...again], '09:45');
    expect([told.due('reply'), told.folded.createdAgain]).toEqual(['10:00', ['again']]);
    const deleted = tell([...story('09:00 created', '09:20 deleted'), ...again], '09:45');
    expect([deleted.due('reply'), deleted.folded.createdAgain]).toEqual(['10:10', []]);
  });

  it('a second created of a ticket that was merged away is ignored too', () => {
    const merged = tell(story('09:00 created', '09:20 merged away', '09:30 created'), '09:45');
    expect([merged.clock('reply'), merged.folded.createdAgain]).toEqual(['cancelled 09:20 merged', ['09:30 created']]);
  });
});

describe('keeping and breaking', () => {
  it('a reply at the deadline keeps the promise, one a millisecond later does not', () => {
    expect(tell(story('09:00 created', '10:00:00.000 agent replies'), '11:00').clock('reply')).toBe('met 10:00');
    const late = tell(story('09:00 created', '10:00:00.001 agent replies'), '11:00');
    expect(late.clock('reply')).toBe('breached 10:00');
    expect(late.said('sla.clock.completed')).toContain('reply 10:00:00.001');
  });

  it('a deadline at the horizon has not passed yet', () => {
    expect(tell(story('09:00 created'), '10:00').clock('reply')).toBe('running');
    expect(tell(story('09:00 created'), '10:00:00.001').clock('reply')).toBe('breached 10:00');
  });

  it('breachedAt is the deadline, and lateness is counted until the reply', () => {
    const told = tell(story('09:00 created', '12:30 agent replies'), '13:00');
    const clock = told.folded.clocks.find(({ promise }) => promise === 'reply');
    expect([clock?.breachedAt, clock?.lateMs]).toEqual([instant('10:00'), 150 * 60_000]);
  });

  it('an objective is missed, not breached, beside the contract', () => {
    const told = tell(story('09:00 created', '09:45 agent replies'), '10:30');
    expect(told.clock('reply_goal')).toBe('missed 09:30');
    expect(told.clock('reply')).toBe('met 09:45');
    expect(told.said('sla.clock.missed')).toEqual(['reply_goal 09:30']);
  });

  it('a pause at the deadline leaves nothing: at the resume it is due at once', () => {
    const told = tell(story('09:00 created', '10:00 waits for vendor', '12:00 open'), '12:01');
    expect(told.clock('reply')).toBe('breached 12:00');
    const saved = tell(story('09:00 created', '10:00 waits for vendor', '12:00 open', '12:00 agent replies'), '12:01');
    expect(saved.clock('reply')).toBe('met 12:00');
  });
});

describe('pauses', () => {
  it('waiting for the requester ends the moment they write; waiting for others does not', () => {
    const requester = tell(
      story('09:00 created', '09:10 agent replies', '09:20 waits for requester', '11:00 requester writes'),
      '12:00',
    );
    expect(requester.elapsedMinutes('fixed')).toBe(20 + 60);
    const vendor = tell(
      story('09:00 created', '09:10 agent replies', '09:20 waits for vendor', '11:00 requester writes'),
      '12:00',
    );
    expect(vendor.clock('fixed')).toBe('paused');
    expect(vendor.elapsedMinutes('fixed')).toBe(20);
  });

  it('the same status again changes nothing', () => {
    const lines = ['09:00 created', '09:20 waits for requester', '09:30 requester writes'];
    const once = tell(story(...lines), '12:00');
    const twice = tell(story(...lines, '10:00 waits for requester'), '12:00');
    expect(twice.elapsedMinutes('fixed')).toBe(once.elapsedMinutes('fixed'));
  });

  it('due is undefined while paused; elapsed is not', () => {
    const told = tell(story('09:00 created', '09:20 waits for vendor'), '15:00');
    expect(told.due('fixed')).toBeUndefined();
    expect(told.elapsedMinutes('fixed')).toBe(20);
  });
});

describe('answers owed', () => {
  it('a cycle a run of unanswered messages', () => {
    const told = tell(
      story(
        '09:00 created',
        '09:10 agent replies',
        '10:00 requester writes',
        '10:30 requester writes',
        '11:00 agent replies',
        '13:00 requester writes',
      ),
      '15:30',
    );
    expect([told.clock('next'), told.clock('next#2')]).toEqual(['met 11:00', 'breached 15:00']);
  });

  it('next response and periodic update are cancelled by solving', () => {
    const told = tell(story('09:00 created', '09:10 agent replies', '10:00 requester writes', '10:30 solved'), '18:00');
    expect(told.clock('next')).toBe('cancelled 10:30 solved');
    expect(told.clock('update')).toBe('cancelled 10:30 solved');
  });

  it('"thanks" on a solved ticket starts nothing; reopened and unanswered, the cycle starts at the reopening', () => {
    const thanks = story('09:00 created', '09:10 agent replies', '10:00 solved', '10:30 requester writes');
    expect(tell(thanks, '18:00').clock('next')).toBeUndefined();
    expect(tell([...thanks, ...story('12:00 open')], '12:30').due('next')).toBe('14:00');
  });

  it('asking for an update again starts no second cycle', () => {
    const told = tell(
      story('09:00 created', '09:30 asks for an update', '09:40 asks for an update', '09:50 agent replies'),
      '10:00',
    );
    expect([told.clock('asked'), told.clock('asked#2')]).toEqual(['met 09:50', undefined]);
  });
});

describe('solving and reopening', () => {
  it('a resolution met by solving is taken back by reopening, and the solved time counts as paused', () => {
    const told = tell(story('09:00 created', '09:10 agent replies', '11:00 solved', '15:00 open'), '16:00');
    expect(told.clock('fixed')).toBe('running');
    expect(told.elapsedMinutes('fixed')).toBe(120 + 60);
    expect(told.said('sla.clock.met')).not.toContain('fixed 11:00');
  });

  it('what was broken stays broken', () => {
    const told = tell(story('09:00 created', '18:00 solved', '19:00 open', '20:00 solved'), '21:00');
    expect(told.clock('fixed')).toBe('breached 17:00');
    expect(told.said('sla.clock.completed')).toContain('fixed 20:00');
  });

  it('with new cycles, the second run counts for itself', () => {
    const told = tell(story('09:00 created', '11:00 solved', '15:00 open', '16:00 solved'), '17:00', {
      policy: 'carry',
    });
    expect([told.clock('fixed'), told.clock('fixed#2')]).toEqual(['met 11:00', 'met 16:00']);
  });

  it('solved without a public reply pauses the first response and cancels it after the reopen window', () => {
    const solved = story('09:00 created', '09:30 solved');
    expect(tell(solved, '+27d 09:00').clock('reply')).toBe('paused');
    expect(tell(solved, '+29d 09:00').clock('reply')).toBe('cancelled +28d 09:30 solved_without_reply');
    const reopened = tell([...solved, ...story('+30d 09:00 open')], '+30d 09:10');
    expect(reopened.clock('reply')).toBe('running');
    expect(reopened.due('reply')).toBe('+30d 09:30');
  });

  it('final close cancels it at once', () => {
    expect(tell(story('09:00 created', '09:30 closed'), '09:31').clock('reply')).toBe(
      'cancelled 09:30 solved_without_reply',
    );
  });
});

describe('teams', () => {
  it('A to B to A is three stays; a change of person keeps the stay', () => {
    const told = tell(
      story(
        '09:00 created',
        '09:00 assigned to person 1 in blue',
        '09:30 assigned to person 2 in blue',
        '10:00 assigned to team green',
        '11:00 assigned to team blue',
      ),
      '12:00',
    );
    expect([told.clock('stay'), told.clock('stay#2'), told.clock('stay#3')]).toEqual([
      'met 10:00',
      'met 11:00',
      'running',
    ]);
  });
});

describe('leaving and coming back', () => {
  it('a merge cancels, earlier breaches stand, later events are ignored', () => {
    const told = tell(story('09:00 created', '11:00 merged away', '11:30 agent replies'), '20:00');
    expect(told.clock('reply')).toBe('breached 10:00');
    expect(told.clock('fixed')).toBe('cancelled 11:00 merged');
  });

  it('a restore retracts the cancellation and counts the gap as paused', () => {
    const told = tell(story('09:00 created', '09:30 deleted', '13:30 restored'), '13:45');
    expect(told.clock('reply')).toBe('running');
    expect(told.due('reply')).toBe('14:00');
    expect(told.said('sla.clock.cancelled')).toEqual([]);
  });
});

describe('changes mid-flight', () => {
  it('pause time survives a change of priority', () => {
    const told = tell(story('09:00 created', '09:20 waits for vendor', '11:20 open', '11:25 becomes normal'), '11:30');
    // 20 minutes counted before the wait; the wait and Berlin's midday break count nothing.
    expect(told.due('reply')).toBe('13:40');
  });

  it('a promise is not broken before it is made', () => {
    const told = tell(story('09:00 created', '14:00 becomes urgent'), '14:01', { priority: 'low' });
    expect(told.clock('reply')).toBe('breached 14:00');
  });

  it('a correction counts from the start, also for the worse', () => {
    const told = tell(story('09:00 created', '14:00 was urgent all along'), '14:01', { priority: 'low' });
    expect(told.clock('reply')).toBe('breached 10:00');
  });

  it('a correction takes back a breach that existed only under the wrong priority; a change does not', () => {
    const corrected = tell(story('09:00 created', '10:30 was normal all along'), '10:31');
    expect(corrected.clock('reply')).toBe('running');
    const changed = tell(story('09:00 created', '10:30 becomes normal'), '10:31');
    expect(changed.clock('reply')).toBe('breached 10:00');
  });

  it('what leaves nothing promised cancels the clocks with the reason', () => {
    const told = tell(story('09:00 created', '09:30 moves to a plan without promises'), '20:00');
    expect(told.clock('reply')).toBe('cancelled 09:30 plan_without_promise');
    expect(told.clock('fixed')).toBe('cancelled 09:30 plan_without_promise');
    expect(told.said('sla.ticket.not_covered')).toEqual(['ticket 09:30']);
  });

  it('a longer target does not un-cross a warning, and thresholds before the change never cross', () => {
    const told = tell(story('09:00 created', '09:35 becomes normal'), '10:30');
    const crossed = told.folded.clocks.find(({ promise }) => promise === 'reply')?.warnings.map(({ label }) => label);
    expect(crossed).toEqual(['50%']);
    const shortened = tell(story('09:00 created', '11:50 becomes urgent'), '11:51', { priority: 'low' });
    expect(shortened.said('sla.clock.warning')).toEqual([]);
  });

  it('a deadline never lands outside hours, except where it is just made', () => {
    const told = tell(story('09:00 created', '15:30 becomes normal'), '15:31');
    expect(told.due('fixed')).toBe('+3d 10:30');
  });
});

describe('coverage', () => {
  it('a plan that promises nothing is said, not silent', () => {
    const told = tell(story('09:00 created on a plan without promises'), '10:00');
    expect(told.said('sla.ticket.not_covered')).toEqual(['ticket 09:00']);
    expect(told.folded.clocks).toEqual([]);
  });
});

describe('warnings', () => {
  it('one is said for the highest threshold crossed, while it is news', () => {
    expect(tell(story('09:00 created'), '09:31').said('sla.clock.warning')).toContain('reply 09:30');
    const silent = tell(story('09:00 created'), '09:50').said('sla.clock.warning');
    expect(silent.filter((line) => line.startsWith('reply '))).toEqual(['reply 09:48']);
    const old = tell(story('09:00 created'), '09:47').said('sla.clock.warning');
    expect(old.filter((line) => line.startsWith('reply '))).toEqual(['reply 09:45']);
  });

  it('never come in a burst: after an hour without time, one a clock that still runs, and none that is no news', () => {
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:00 becomes urgent'], '09:01');
    const said = desk.wait('09:50').filter(({ type }) => type === 'sla.clock.warning');
    expect(said.map(({ promise, threshold }) => `${promise} ${threshold}`)).toEqual(['reply 80%']);
    expect(desk.wait('09:51').filter(({ type }) => type === 'sla.clock.warning')).toEqual([]);
  });

  it('are said also where an escalation step follows at once', () => {
    const cells = { normal: { reply: { hours: 1, calendar: 'always' } } };
    const early = { name: 'early', anchor: 'due' as const, offsetMs: -11 * 60_000, recipients: ['lead'] };
    const desk = new LiveDesk(
      compile({
        id: 'early',
        retarget: 'fromStart',
        reopen: 'resume',
        fromCreation: false,
        cells,
        escalations: [early],
      }),
    );
    desk.hear(['09:00 created'], '09:40');
    expect(desk.wait('09:49:30').map(({ type, threshold }) => `${type} ${threshold}`)).toEqual([
      'sla.escalation.raised early',
      'sla.clock.warning 80%',
    ]);
    expect(desk.wait('09:49:45')).toEqual([]);
  });
});

describe('explanations', () => {
  it('say why, and cut the night out', () => {
    const told = tell(story('09:00 created', '10:00 waits for vendor', '16:00 open'), '+1d 09:00', {
      priority: 'normal',
    });
    const fixed = explainTicket(told.folded, instant('+1d 09:00')).find(({ clock }) => clock.promise === 'fixed');
    expect(fixed?.segments.map(({ state, reason, countedMs }) => `${state} ${reason} ${countedMs / 60_000}`)).toEqual([
      'running created 60',
      'paused waiting_other 0',
      'running wait_over 30',
      'closed outside_hours 0',
      'running wait_over 60',
    ]);
  });
});
