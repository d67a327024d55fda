import type { TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { linkedBy, linksOf, namedAfter, sayLink } from '../links.js';
import { sayEvent } from '../say-event.js';
import { instant, story, tell } from './story.spec-kit.js';

/** What a ticket that was created at 09:00 is linked with by its own events, told in this order. */
function names(...events: readonly TicketEvent[]) {
  return linkedBy(tell(events, '12:00').folded.state);
}

function created(related: readonly string[]): TicketEvent {
  const [event] = story('09:00 created');
  return { ...event, data: { ...event?.data, related } } as TicketEvent;
}

function changed(at: string, related: readonly string[]): TicketEvent {
  const head = { id: `${at} ${related.join()}`, source: 'story', ticket: 'T-1', receivedAt: null, sequence: -1 };
  return {
    ...head,
    type: 'ticket.fields.changed',
    occurredAt: instant(at),
    data: { related: [...related], kind: 'change' },
  };
}

describe('a ticket that names others as related', () => {
  it('names them since its creation, each once, and never itself', () => {
    const at = instant('09:00');
    expect(names(created(['old', 'old', 'T-1', 'older']))).toEqual([
      { ticket: 'old', at, eventId: '09:00 created' },
      { ticket: 'older', at, eventId: '09:00 created' },
    ]);
  });

  it('names what its last list says, since it was first named', () => {
    const all = [created(['old']), changed('10:00', ['old', 'other']), changed('11:00', ['other'])];
    expect(names(...all)).toEqual([{ ticket: 'other', at: instant('10:00'), eventId: '10:00 old,other' }]);
    expect(names(...all.toReversed())).toEqual(names(...all));
    expect(names(...all, changed('11:30', []))).toEqual([]);
  });

  it('keeps its links through changes that say nothing of them', () => {
    const other = { ...changed('10:00', []), data: { stage: 'beta', kind: 'change' } } as TicketEvent;
    expect(names(created(['old']), other)).toHaveLength(1);
  });

  it('has the clocks it would have without', () => {
    const lines = ['09:40 agent replies', '10:00 requester writes'] as const;
    const alone = tell(story('09:00 created', ...lines), '12:00');
    const linked = tell([created(['old']), ...story(...lines), changed('11:00', ['other'])], '12:00');
    expect(linked.folded.clocks).toEqual(alone.folded.clocks);
    expect(linked.folded.sayings).toEqual(alone.folded.sayings);
  });

  it('says so in the sentence of the event', () => {
    expect(sayEvent(created(['old', 'older']))).toBe('The requester opened the ticket; it names old, older as related');
    expect(sayEvent(changed('10:00', []))).toBe('Fields of the ticket changed');
  });
});

/** SLA-SEMANTICS §10: a transfer is a merge with a link. */
describe('a ticket that was transferred', () => {
  const transferred = { ticket: 'T-9', at: instant('10:00'), eventId: '10:00 transferred', kind: 'transferred' };

  it('is linked with the one it is handled as, and a merged one is not', () => {
    expect(names(...story('09:00 created', '10:00 transferred'))).toEqual([transferred]);
    expect(names(...story('09:00 created', '10:00 merged away'))).toEqual([]);
  });

  it('keeps what it names besides, once each', () => {
    const [creation, ...rest] = [created(['old', 'T-9']), ...story('10:00 transferred')];
    if (!creation) throw new Error('no story');
    expect(names(creation, ...rest)).toEqual([
      { ticket: 'old', at: instant('09:00'), eventId: '09:00 created' },
      transferred,
    ]);
  });

  it('is linked no more once it has come back, but for what it names', () => {
    expect(names(...story('09:00 created', '10:00 transferred', '11:00 restored'))).toEqual([]);
    const back = names(created(['old', 'T-9']), ...story('10:00 transferred', '11:00 restored'));
    expect(back.map(({ ticket, kind }) => [ticket, kind])).toEqual([
      ['old', undefined],
      ['T-9', undefined],
    ]);
  });

  it('says so from both sides', () => {
    expect(sayLink({ ticket: 'T-9', namedBy: 'this', kind: 'transferred' })).toBe(
      'This ticket was transferred to T-9, where it is handled now; its clocks here ended with that',
    );
    expect(sayLink({ ticket: 'T-1', namedBy: 'other', kind: 'transferred' })).toBe(
      'T-1 was transferred to this ticket; the clocks of this one run on by themselves',
    );
  });
});

describe('the links of a ticket', () => {
  it('are told from both sides, the oldest first, one way as the other', () => {
    const names = [{ ticket: 'b', at: 2, eventId: 'mine' }];
    const namedBy = [
      { ticket: 'c', at: 2, eventId: 'theirs' },
      { ticket: 'a', at: 1, eventId: 'first' },
    ];
    expect(linksOf(names, namedBy)).toEqual([
      { ticket: 'a', namedBy: 'other', at: 1, eventId: 'first' },
      { ticket: 'b', namedBy: 'this', at: 2, eventId: 'mine' },
      { ticket: 'c', namedBy: 'other', at: 2, eventId: 'theirs' },
    ]);
    expect(linksOf(names, namedBy.toReversed())).toEqual(linksOf(names, namedBy));
  });

  it('are those before where an event says nothing of them', () => {
    const before = [{ ticket: 'old', at: 1, eventId: 'e' }];
    const [event] = story('09:00 created');
    if (event?.type !== 'ticket.created') throw new Error('a creation');
    expect(namedAfter(before, event, 5)).toBe(before);
  });
});
