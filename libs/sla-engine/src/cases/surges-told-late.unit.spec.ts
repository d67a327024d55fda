import type { TicketEvent } from '@punctual/contracts';
import { expect, it } from 'vitest';
import { lawsPolicies } from '../laws/policies.spec-kit.js';
import { Station } from '../laws/station.spec-kit.js';
import { instant, story } from './story.spec-kit.js';

/** A surge may be told after tickets were folded that it concerns: what is said of them ends the same (SLA-SEMANTICS §9). */

it('a surge told after a ticket was folded whose creation is claimed for later than its events', () => {
  const events = story('09:00 requester writes', '09:00 solved').map((event) => ({
    ...event,
    source: 'laws',
    data: { ...event.data, ticket: { createdAt: instant('10:00') } },
  }));
  const surge = { from: instant('09:10'), to: instant('10:10'), startedBy: 'surge', endedBy: 'surge over' };
  const toldAt = (text: string): string[] => {
    const policy = lawsPolicies.get('from-start');
    if (!policy) throw new Error('no such policy');
    const station = new Station(policy);
    for (const event of events) station.deliver(event as TicketEvent);
    for (const until of ['09:00', '11:00']) {
      if (until === text) station.surges = [surge];
      station.watermark({ eventsUpTo: instant(until), duesBefore: instant(until) });
    }
    return station.netKeys();
  };
  expect(toldAt('11:00')).toEqual(toldAt('09:00'));
  expect(toldAt('11:00').join()).toContain('sla.clock.paused next');
});
