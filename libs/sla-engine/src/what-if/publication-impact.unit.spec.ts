import { describe, expect, it } from 'vitest';
import { instant, story, tell } from '../cases/story.spec-kit.js';
import { compareVerdicts } from './compare-verdicts.js';
import { judgedTicket, type JudgedTicket } from './judged-ticket.js';
import { pairPromises, type NamedPromise } from './promise-pairs.js';
import { PublicationImpact, type ImpactOnClocks } from './publication-impact.js';

/**
 * What a publication does to tickets of the first version, `from-start`. `strict`: reply 30 min, fixed 4 h, no other promise to an urgent ticket.
 * `lenient`: reply 2 h, fixed 16 h, and again no other.
 */

const minute = 60_000;
const promises: readonly NamedPromise[] = [
  { id: 'reply', target: 'first_response' },
  { id: 'reply_goal', target: 'first_response' },
  { id: 'taken', target: 'acknowledgement' },
  { id: 'fixed', target: 'resolution' },
];
const none = { clocks: 0, medianMs: null, mostMs: null };

/** The tickets' stories as they stand at an instant, and with the publication. */
function impact(until: string, publication: string, ...tickets: readonly (readonly string[])[]): ImpactOnClocks {
  const found = new PublicationImpact();
  for (const lines of tickets) {
    const judge = (published: readonly string[]): JudgedTicket => {
      const { folded } = tell(story(...lines), until, { published });
      return judgedTicket(folded, folded.policy, [], instant(until));
    };
    const a = judge([]);
    found.add(a, compareVerdicts(a, judge([publication]), pairPromises(promises, promises)));
  }
  return found.report();
}

describe('PublicationImpact', () => {
  it('counts nothing where nothing was looked at', () => {
    expect(new PublicationImpact().report()).toEqual({
      ...{ lookedAt: 0, touched: 0, newlyBreached: 0, breachesTakenBack: 0, cancelled: 0, started: 0 },
      dueEarlier: none,
      dueLater: none,
    });
  });

  it('leaves out what a pinned version does not reach, and still says how much was looked at', () => {
    expect(impact('09:10', '09:05 published pin: strict', ['09:00 created'])).toMatchObject({
      ...{ lookedAt: 4, touched: 0, cancelled: 0, dueEarlier: none, dueLater: none },
    });
  });

  it('says which deadlines come earlier and by how much, and which clocks end', () => {
    expect(impact('09:10', '09:05 published from-now: strict', ['09:00 created'])).toEqual({
      ...{ lookedAt: 4, touched: 4, newlyBreached: 0, breachesTakenBack: 0, cancelled: 2, started: 0 },
      dueEarlier: { clocks: 2, medianMs: 30 * minute, mostMs: 240 * minute },
      dueLater: none,
    });
  });

  it('counts a breach that a retroactive version finds, and one that it takes back', () => {
    const strict = impact('09:50', '09:45 published retroactive: strict', ['09:00 created']);
    // The reply is late under it, and neither the goal nor the acknowledgement, missed at 09:30, was ever promised.
    expect(strict).toMatchObject({ newlyBreached: 1, breachesTakenBack: 2 });
    const lenient = impact('10:30', '10:20 published retroactive: lenient', ['09:00 created']);
    expect(lenient).toMatchObject({
      newlyBreached: 0,
      // The reply, the goal and what was to be taken.
      breachesTakenBack: 3,
      dueLater: { clocks: 2, mostMs: 480 * minute },
    });
  });

  it('counts what is promised anew', () => {
    const told = tell(story('09:00 created'), '09:10', { policy: 'strict' });
    const after = tell(story('09:00 created'), '09:10', {
      policy: 'strict',
      published: ['09:05 published from-now: from-start'],
    });
    const found = new PublicationImpact();
    const a = judgedTicket(told.folded, told.folded.policy, [], instant('09:10'));
    const b = judgedTicket(after.folded, after.folded.policy, [], instant('09:10'));
    found.add(a, compareVerdicts(a, b, pairPromises(promises, promises)));
    expect(found.report()).toMatchObject({ lookedAt: 2, touched: 4, started: 2, dueLater: { clocks: 2 } });
  });

  it('takes the nearest rank for the median over all tickets', () => {
    const earlier = impact(
      '09:30',
      '09:20 published from-now: strict',
      ['09:00 created', '09:10 agent replies'],
      ['09:10 created', '09:15 agent replies'],
      ['09:15 created'],
    ).dueEarlier;
    expect(earlier).toEqual({ clocks: 4, medianMs: 240 * minute, mostMs: 240 * minute });
  });

  it('does not count clocks that have ended among those looked at', () => {
    const replied = impact('09:30', '09:20 published from-now: lenient', ['09:00 created', '09:10 agent replies']);
    expect(replied.lookedAt).toBe(
      tell(story('09:00 created', '09:10 agent replies'), '09:30').folded.clocks.length - 2,
    );
  });
});
