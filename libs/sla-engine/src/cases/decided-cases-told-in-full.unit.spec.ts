import type { TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { lawsPolicies } from '../laws/policies.spec-kit.js';
import { LiveDesk } from './live-desk.spec-kit.js';
import { instant, story, tell } from './story.spec-kit.js';

/** Rows of the decided cases (SLA-SEMANTICS §10) that one line of a story does not tell. */

function policyWith(more: { countsBots?: boolean; countsAutoReplies?: boolean }) {
  const policy = lawsPolicies.get('from-start');
  if (!policy) throw new Error('no such policy');
  return { ...policy, ...more };
}

function claiming(line: string, createdAt: string): TicketEvent[] {
  return story(line).map(
    (event) => ({ ...event, data: { ...event.data, ticket: { createdAt: instant(createdAt) } } }) as TicketEvent,
  );
}

describe('authors are judged per ticket', () => {
  it('an employee is the requester of a ticket of their own: what they write is no reply, and asks for one', () => {
    const [note] = story('10:00 requester writes');
    if (note?.type !== 'ticket.message.added') throw new Error('a story without a message');
    const own = { ...note, data: { ...note.data, actor: { role: 'requester' as const, id: 'p1' } } };
    const told = tell([...story('09:00 created', '09:10 assigned to person 1 in blue'), own], '10:30');
    expect(told.clock('reply')).toBe('breached 10:00');
    expect(told.due('next')).toBe('12:00');
  });

  it.each([
    ['a bot replies', '09:30 bot replies', { countsBots: true }],
    ['an automatic answer', '09:30 agent is out of office', { countsAutoReplies: true }],
  ])('%s keeps a promise where the policy counts it, and not where it does not', (_who, line, option) => {
    const kept = (policy: ReturnType<typeof policyWith>): boolean => {
      const desk = new LiveDesk(policy);
      desk.hear(['09:00 created', '09:00 becomes urgent', line], '09:40');
      return desk.published.some(({ type, promise }) => type === 'sla.clock.met' && promise === 'reply');
    };
    expect([kept(policyWith(option)), kept(policyWith({}))]).toEqual([true, false]);
  });

  it('the system starts and stops nothing, whatever the policy counts', () => {
    const desk = new LiveDesk(policyWith({ countsBots: true, countsAutoReplies: true }));
    desk.hear(['09:00 created', '09:00 becomes urgent', '09:30 system writes'], '09:40');
    expect(desk.published.map(({ type }) => type)).not.toContain('sla.clock.met');
  });
});

describe('a ticket of which no event says that it was created', () => {
  it('was created at the smallest of the claims', () => {
    const claims = [
      ...claiming('10:00 agent notes internally', '09:30'),
      ...claiming('10:10 requester writes', '09:20'),
    ];
    expect(tell(claims, '10:15').due('reply')).toBe('10:20');
    expect(tell(claims.toReversed(), '10:15').due('reply')).toBe('10:20');
  });

  it('was created when its event says, unless a claim is earlier', () => {
    const created = story('09:00 created');
    expect(tell([...created, ...claiming('09:10 requester writes', '09:05')], '09:20').due('reply')).toBe('10:00');
    expect(tell([...created, ...claiming('09:10 requester writes', '08:50')], '09:20').due('reply')).toBe('09:50');
  });

  it('is not covered until somebody claims it: what was said of that is taken back', () => {
    const desk = new LiveDesk();
    const first = desk.hear(['10:00 agent notes internally'], '10:01');
    expect(first.map(({ type, reasonCode }) => `${type} ${reasonCode}`)).toEqual([
      'sla.ticket.not_covered unknown_creation',
    ]);
    const then = desk.hear(claiming('10:02 requester writes', '09:30'), '10:03').map(({ type }) => type);
    expect(then).toContain('sla.ticket.retracted');
    expect(then).toContain('sla.ticket.covered');
  });
});

describe('a ticket that leaves', () => {
  const gone = ['09:00 created', '09:05 becomes urgent', '10:30 transferred', '11:00 agent replies'] as const;

  it('by a transfer leaves as by a merge: clocks end at its instant, a breach stands, what comes later is ignored', () => {
    const told = tell(story(...gone), '20:00');
    expect(told.clock('reply')).toBe('breached 10:00');
    expect(told.clock('fixed')).toBe('cancelled 10:30 merged');
    expect(told.said('sla.clock.completed')).toEqual([]);
    expect(told.said('sla.escalation.raised').filter((line) => line.startsWith('reply'))).toEqual([]);
  });

  it('comes back when it is taken out of the merge: the time between counts as a pause', () => {
    const told = tell(story('09:00 created', '09:30 merged away', '13:30 restored'), '13:45');
    expect(told.due('reply')).toBe('14:00');
    expect(told.said('sla.clock.cancelled')).toEqual([]);
  });

  it('as spam leaves as a deleted one, and a restoration takes its cancellations back by name', () => {
    const spam = story('09:30 deleted').map((event) => ({ ...event, data: { spam: true } }) as TicketEvent);
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:00 becomes urgent', ...spam], '09:40');
    const cancelled = desk.published.filter(({ type }) => type === 'sla.clock.cancelled');
    expect(new Set(cancelled.map(({ reasonCode }) => reasonCode))).toEqual(new Set(['deleted']));
    const back = desk.hear(['13:30 restored'], '13:45').filter(({ corrects }) => corrects !== null);
    expect(back.map(({ corrects }) => corrects).sort()).toEqual(cancelled.map(({ id }) => id).sort());
    expect(new Set(back.map(({ reasonCode }) => reasonCode))).toEqual(new Set(['restored']));
  });

  it('escalates nothing after it has left, nor where nothing is promised any more', () => {
    for (const line of ['10:30 merged away', '10:30 deleted', '10:30 moves to a plan without promises']) {
      const told = tell(story('09:00 created', line), '20:00');
      expect(told.said('sla.escalation.raised'), line).toEqual([]);
    }
  });
});
