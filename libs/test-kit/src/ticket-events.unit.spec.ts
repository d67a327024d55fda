import { parseCloudEvent, toCloudEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { aTicket, ManualClock } from './index.js';

describe('aTicket', () => {
  it('writes events that intake would accept as they are', () => {
    const ticket = aTicket('T-7', 'desk');
    const at = '2026-03-02T09:00:00Z';
    const story = [
      ticket.created(at, { priority: 'high' }),
      ticket.requesterWrites(at),
      ticket.agentReplies(at),
      ticket.agentNotes(at),
      ticket.status(at, 'solved'),
      ticket.priority(at, 'low', { kind: 'correction' }),
      ticket.assigned(at, { team: 'network' }),
      ticket.plan(at, { plan: 'gold' }),
      ticket.fields(at, { fields: { area: 'vpn' } }),
      ticket.requests(at, 'update'),
      ticket.merged(at, 'T-8'),
      ticket.deleted(at),
      ticket.restored(at),
    ];
    expect(story.map((event) => event.id)).toEqual(story.map((_, index) => `T-7-${index + 1}`));
    for (const event of story) {
      expect(parseCloudEvent(toCloudEvent(event), event.receivedAt)).toEqual({ event });
    }
  });

  it('refuses a time without an offset', () => {
    expect(() => aTicket().created('2026-03-02T09:00:00')).toThrow(/offset/);
  });
});

describe('ManualClock', () => {
  it('moves only when told, in either direction', () => {
    const clock = new ManualClock('1970-01-01T00:00:10Z');
    expect(clock.now()).toBe(10_000);
    expect(clock.advance(500)).toBe(10_500);
    clock.set(3);
    expect(clock.now()).toBe(3);
  });
});
