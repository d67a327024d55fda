import { describe, expect, it } from 'vitest';
import { netSayings } from '../publish.js';
import { explainTicket } from '../explain.js';
import { policyUnder } from '../laws/publications.spec-kit.js';
import { Station } from '../laws/station.spec-kit.js';
import { instant, story, tell, type Telling } from './story.spec-kit.js';

/**
 * What becomes of a ticket when another version of its policy is published while it is open (SLA-SEMANTICS §5). The first version is
 * `from-start`. `strict`: reply 30 min, fixed 4 h, nothing pauses, no other promise to an urgent ticket. `lenient`: reply 2 h, fixed 16 h.
 */

function told(until: string, publication: string, ...lines: string[]): Telling {
  return tell(story('09:00 created', ...lines), until, { published: [publication] });
}

describe('pin', () => {
  it('leaves a ticket under the version of its creation', () => {
    const telling = told('12:00', '09:10 published pin: strict');
    expect(telling.clock('reply')).toBe('breached 10:00');
    expect(telling.folded.state.policyVersion).toBe('from-start-1');
  });

  it('is of no account to a ticket created after it, nor is any other mode', () => {
    for (const mode of ['pin', 'from-now', 'retroactive']) {
      const telling = told('12:00', `09:00 published ${mode}: strict`);
      expect(telling.clock('reply')).toBe('breached 09:30');
      expect(telling.clock('taken')).toBeUndefined();
    }
  });
});

describe('from-now', () => {
  it('shortens what is promised from its instant on', () => {
    const telling = told('09:40', '09:10 published from-now: strict');
    expect(telling.clock('reply')).toBe('breached 09:30');
    expect(telling.said('sla.clock.retargeted')).toContain('reply 09:10');
  });

  it('breaks no promise before it is made: what would be late already is due at its instant', () => {
    expect(told('09:45', '09:45 published from-now: strict').due('reply')).toBe('09:45');
    expect(told('10:00', '09:45 published from-now: strict').clock('reply')).toBe('breached 09:45');
  });

  it('lengthens what is promised, and lets a breach before it stand', () => {
    expect(told('09:50', '09:45 published from-now: lenient').due('reply')).toBe('11:00');
    expect(told('12:00', '10:15 published from-now: lenient').clock('reply')).toBe('breached 10:00');
  });

  it('comes before what happens at its instant', () => {
    const telling = told('12:00', '09:45 published from-now: strict', '09:45 agent replies');
    expect(telling.clock('reply')).toBe('met 09:45');
    expect(netSayings(telling.folded.sayings).size).toBeGreaterThan(0);
    const met = [...netSayings(telling.folded.sayings).values()].find(({ type }) => type === 'sla.clock.met');
    expect(met?.policyVersion).toBe('strict-1');
  });

  it('cancels what is promised no more, with the reason, and escalates nothing for it', () => {
    const telling = told('18:00', '09:10 published from-now: strict');
    expect(telling.clock('taken')).toBe('cancelled 09:10 no_promise');
    expect(telling.said('sla.escalation.raised').filter((said) => said.startsWith('taken'))).toEqual([]);
  });

  it('starts what only the new version promises', () => {
    const telling = tell(story('09:00 created'), '09:50', {
      policy: 'strict',
      published: ['09:40 published from-now: from-start'],
    });
    expect(telling.due('taken')).toBe('09:40');
    expect(telling.clock('taken')).toBe('breached 09:40');
  });

  it('keeps the time that was paused', () => {
    const lines = ['09:10 waits for requester', '09:50 requester writes'];
    const telling = told('10:00', '10:00 published from-now: lenient', ...lines);
    expect(telling.elapsedMinutes('reply')).toBe(20);
    expect(telling.due('reply')).toBe('11:40');
  });

  it('says nothing of a promise that is the same in both versions', () => {
    const telling = tell(story('09:00 created', '09:01 becomes normal'), '09:40', {
      published: ['09:20 published from-now: lenient'],
    });
    expect(telling.said('sla.clock.retargeted')).not.toContain('fixed 09:20');
    const fixed = telling.folded.clocks.find(({ promise }) => promise === 'fixed');
    expect(fixed?.policyVersion).toBe('lenient-1');
  });
});

describe('retroactive', () => {
  it('takes a breach back that existed only under the old version', () => {
    const telling = told('10:30', '10:15 published retroactive: lenient');
    expect(telling.due('reply')).toBe('11:00');
    expect(telling.said('sla.clock.breached')).not.toContain('reply 10:00');
    expect(telling.folded.sayings).toContainEqual(
      expect.objectContaining({ kind: 'retracts', type: 'sla.clock.breached' }),
    );
  });

  it('finds a breach that existed only under the new version, at its deadline', () => {
    const telling = told('09:50', '09:45 published retroactive: strict');
    expect(telling.clock('reply')).toBe('breached 09:30');
    const breach = [...netSayings(telling.folded.sayings).values()].find(({ type }) => type === 'sla.clock.breached');
    expect(breach).toMatchObject({ at: instant('09:30'), elapsedMs: 30 * 60_000, policyVersion: 'strict-1' });
  });

  it('leaves a clock that has ended as it was judged', () => {
    const telling = told('12:00', '10:00 published retroactive: strict', '09:50 agent replies');
    expect(telling.clock('reply')).toBe('met 09:50');
    expect(telling.clock('fixed')).toBe('running');
    expect(telling.due('fixed')).toBe('13:00');
  });

  it('leaves a ticket that has ended, also when it is reopened', () => {
    const lines = ['09:20 agent replies', '09:40 solved', '10:30 open'];
    const telling = told('12:00', '10:00 published retroactive: strict', ...lines);
    expect(telling.folded.state.policyVersion).toBe('from-start-1');
    expect(told('10:20', '10:00 published retroactive: strict', ...lines).clock('fixed')).toBe('met 09:40');
  });

  it('withdraws what was broken and escalated for a promise that there never was', () => {
    const telling = told('11:10', '11:00 published retroactive: strict');
    expect(telling.clock('taken')).toBe('cancelled 11:00 no_promise');
    expect(telling.said('sla.clock.breached')).not.toContain('taken 09:30');
    expect(telling.said('sla.escalation.raised')).not.toContain('taken 10:30');
    expect(tell(story('09:00 created'), '11:10').said('sla.escalation.raised')).toContain('taken 10:30');
  });

  it('counts pauses by the new version', () => {
    const lines = ['09:10 waits for requester'];
    const telling = told('10:05', '10:00 published retroactive: strict', ...lines);
    expect(telling.clock('reply')).toBe('breached 09:30');
    const back = tell(story('09:00 created', ...lines), '10:05', {
      policy: 'strict',
      published: ['10:00 published retroactive: lenient'],
    });
    expect(back.clock('reply')).toBe('paused');
    expect(back.elapsedMinutes('reply')).toBe(10);
  });

  it('takes the waiver of a breach back with it, and keeps it for the cycle', () => {
    const telling = told('10:30', '10:20 published retroactive: lenient', '10:10 reply is waived');
    expect(telling.said('sla.breach.waived')).toEqual([]);
    const later = told('12:00', '10:20 published retroactive: lenient', '10:10 reply is waived');
    expect(later.clock('reply')).toBe('breached 11:00');
    expect(later.said('sla.breach.waived')).toEqual(['reply 11:00']);
  });
});

it('a priority that the new version does not know becomes its default', () => {
  const telling = tell(story('09:00 created'), '10:00', {
    priority: 'low',
    published: ['09:10 published from-now: strict'],
  });
  expect(telling.folded.state.priority).toBe('normal');
  expect(telling.due('reply')).toBe('10:00');
});

it('a priority that a later version knows again is itself again, and is corrected in one word', () => {
  const lines = story('09:00 created', '10:30 was low all along');
  const published = ['09:10 published retroactive: strict', '09:10 published retroactive: from-start'];
  const telling = tell(lines, '12:00', { published });
  expect(telling.folded.state.priority).toBe('low');
  const said = telling.folded.sayings.map(({ draft }) => draft.key);
  expect(said).toEqual([...new Set(said)]);
});

it('versions that take turns at one instant say one thing once', () => {
  const at = instant('09:10');
  const policy = policyUnder([
    { at: instant('08:00'), mode: 'pin', name: 'from-start' },
    { at, mode: 'retroactive', name: 'strict' },
    { at, mode: 'from-now', name: 'from-start' },
    { at, mode: 'from-now', name: 'strict' },
  ]);
  const station = new Station(policy);
  for (const event of story('09:00 created', '09:00 becomes urgent')) station.deliver({ ...event, source: 'laws' });
  station.watermark({ eventsUpTo: at, duesBefore: at });
  const ids = station.published.map(({ event }) => event.id);
  expect(ids).toEqual([...new Set(ids)]);
  expect(station.netKeys().join()).toContain('sla.clock.cancelled taken');
});

it('a surge that is told after a version took over, and began before it, is judged under the former', () => {
  const policy = policyUnder([
    { at: instant('08:00'), mode: 'pin', name: 'from-start' },
    { at: instant('09:20'), mode: 'from-now', name: 'carry' },
  ]);
  const toldAt = (text: string): string[] => {
    const station = new Station(policy);
    for (const event of story('09:00 created', '09:00 becomes urgent')) station.deliver({ ...event, source: 'laws' });
    for (const until of ['09:22', '09:23']) {
      if (until === text) station.surges = [{ from: instant('09:18'), to: null, startedBy: 'surge', endedBy: null }];
      station.watermark({ eventsUpTo: instant(until), duesBefore: instant(until) });
    }
    return station.netKeys();
  };
  expect(toldAt('09:23')).toEqual(toldAt('09:22'));
  expect(toldAt('09:22').join()).toContain('sla.clock.paused reply_goal');
});

it('every stretch names its version', () => {
  const telling = told('09:50', '09:30 published from-now: lenient');
  const reply = explainTicket(telling.folded, instant('09:50')).find(({ clock }) => clock.promise === 'reply');
  expect(reply?.segments.map(({ from, to, policyVersion }) => [to - from, policyVersion])).toEqual([
    [30 * 60_000, 'from-start-1'],
    [20 * 60_000, 'lenient-1'],
  ]);
});
