import { describe, expect, it } from 'vitest';
import { story, tell } from './cases/story.spec-kit.js';
import { eventsBehind } from './events-behind.js';
import { explainTicket } from './explain.js';
import { sayEvent } from './say-event.js';
import { sayVerdict } from './say-verdict.js';

/** SLA-SEMANTICS §8, as a support lead reads it. */

function verdicts(lines: readonly string[], until: string): Record<string, string> {
  const { folded } = tell(story(...lines), until);
  return Object.fromEntries(folded.clocks.map((clock) => [`${clock.promise}#${clock.cycle}`, sayVerdict(clock)]));
}

describe('the verdict of a clock in words', () => {
  it.each([
    [
      ['09:00 created'],
      '09:20',
      'The first response (target) is due at 2026-03-02T10:00:00.000Z; 40m of working time left.',
    ],
    [
      ['09:00 created', '09:40 agent replies'],
      '12:00',
      'The first response (target) was kept with 20m of working time to spare.',
    ],
    [
      ['09:00 created'],
      '10:30',
      'The first response (target) is owed since its deadline of 2026-03-02T10:00:00.000Z; 30m of working time late so far.',
    ],
    [
      ['09:00 created', '10:45 agent replies', '11:00 reply is waived'],
      '12:00',
      'The first response (target) came 45m of working time after its deadline of 2026-03-02T10:00:00.000Z. The breach is waived and does not count.',
    ],
    [
      ['09:00 created', '09:30 solved'],
      '12:00',
      'The first response (target) is paused: the ticket was solved; 30m of working time left when it resumes.',
    ],
    [
      ['09:00 created', '09:30 deleted'],
      '12:00',
      'The first response (target) is no longer owed: the ticket was deleted.',
    ],
  ])('%j at %s', (lines, until, expected) => {
    expect(verdicts(lines, until)['reply#1']).toBe(expected);
  });

  it('counts cycles from the second on', () => {
    const lines = [
      '09:00 created',
      '09:10 agent replies',
      '09:20 requester writes',
      '09:30 agent replies',
      '09:40 requester writes',
    ];
    expect(verdicts(lines, '09:50')['next#2']).toMatch(
      /^The next response \(target, cycle 2\) is due at 2026-03-02T11:40/,
    );
  });
});

describe('the events behind an explanation', () => {
  it('are those that a stretch or a cycle names, in order, in words', () => {
    const events = story(
      '09:00 created',
      '09:10 agent notes internally',
      '09:20 waits for vendor',
      '09:50 open',
      '10:10 agent replies',
    );
    const { folded } = tell(events, '12:00');
    const explanations = explainTicket(folded, Date.parse('2026-03-02T12:00:00Z'));
    const fixed = explanations.filter(({ clock }) => clock.promise === 'fixed');
    expect(eventsBehind(fixed, [...events].reverse()).map(sayEvent)).toEqual([
      'The requester opened the ticket',
      'The status became on-hold (waiting for somebody other than the requester)',
      'The status became open (open)',
    ]);
  });

  it('name what ended a clock and what waived its breach', () => {
    const events = story(
      '09:00 created',
      '09:30 agent notes internally',
      '10:45 agent replies',
      '10:50 agent replies',
      '11:00 reply is waived',
    );
    const { folded } = tell(events, '12:00');
    const reply = explainTicket(folded, Date.parse('2026-03-02T12:00:00Z')).filter(
      ({ clock }) => clock.promise === 'reply',
    );
    expect(reply.map(({ stoppedBy }) => stoppedBy)).toEqual([events[2]?.id]);
    expect(eventsBehind(reply, events).map(sayEvent)).toEqual([
      'The requester opened the ticket',
      'An agent replied in public',
      "An agent waived the breach of 'reply'",
    ]);
  });

  it('name nothing where time ended a clock', () => {
    const { folded } = tell(story('09:00 created', '09:30 solved'), '+40d 09:00');
    const reply = explainTicket(folded, Date.parse('2026-04-20T12:00:00Z')).find(
      ({ clock }) => clock.promise === 'reply',
    );
    expect(reply).toMatchObject({ clock: { outcome: 'cancelled', reason: 'solved_without_reply' }, stoppedBy: null });
  });

  it('tell neither who nor what was written', () => {
    const told = story(
      '09:00 created assigned to a person',
      '09:10 agent is out of office',
      '09:20 asks for an update',
      '09:30 reply is waived',
      '09:40 assigned to person 1 in blue',
      '09:50 merged away',
    ).map(sayEvent);
    expect(told).toEqual([
      'The requester opened the ticket',
      'An agent sent an automatic reply, which starts and stops nothing by itself',
      'The requester asked for an update',
      "An agent waived the breach of 'reply'",
      'The ticket was assigned to a person in team blue',
      'The ticket was merged into T-9',
    ]);
  });
});
