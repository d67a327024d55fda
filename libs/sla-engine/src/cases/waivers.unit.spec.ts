import type { TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { attainment } from '../attainment.js';
import { netSayings } from '../publish.js';
import { Station } from '../laws/station.spec-kit.js';
import { lawsPolicies } from '../laws/policies.spec-kit.js';
import { instant, story, tell } from './story.spec-kit.js';

/** A waiver takes a breach out of attainment without deleting it, can be withdrawn, and says who and why (SLA-SEMANTICS §11). */

const broken = ['09:00 created', '10:30 agent replies'] as const;

function replyRow(events: readonly TicketEvent[], until = '12:00') {
  const told = tell(events, until);
  const row = attainment(told.folded.clocks).find(
    ({ target, commitment }) => target === 'first_response' && commitment === 'target',
  );
  return [row?.kept, row?.breached, row?.waived, row?.attainment];
}

describe('a waiver', () => {
  it('takes a breach out of attainment and leaves it standing', () => {
    expect(replyRow(story(...broken))).toEqual([0, 1, 0, 0]);
    const waived = story(...broken, '11:00 reply is waived');
    expect(replyRow(waived)).toEqual([0, 0, 1, null]);
    expect(tell(waived, '12:00').clock('reply')).toBe('breached 10:00');
    expect(tell(waived, '12:00').said('sla.clock.breached')).toContain('reply 10:00');
    expect(tell(waived, '12:00').said('sla.breach.waived')).toEqual(['reply 11:00']);
  });

  it('says who waived and why, and how late the reply was', () => {
    const { folded } = tell(story(...broken, '11:00 reply is waived'), '12:00');
    const said = [...netSayings(folded.sayings).values()].find(({ type }) => type === 'sla.breach.waived');
    expect(said).toMatchObject({
      reason: 'Waived by agent lead-1: The carrier was down',
      reasonCode: 'waived',
      cause: '11:00 reply is waived',
      lateMs: 30 * 60_000,
      lateWallMs: 30 * 60_000,
    });
  });

  it('withdrawn, lets the breach count again', () => {
    const events = story(...broken, '11:00 reply is waived', '11:30 waiver of 11:00 is withdrawn');
    expect(replyRow(events)).toEqual([0, 1, 0, 0]);
    expect(tell(events, '12:00').said('sla.breach.waived')).toEqual([]);
    const { folded } = tell(events, '12:00');
    const taken = folded.sayings.find(({ kind }) => kind === 'retracts');
    expect(taken?.draft).toMatchObject({ type: 'sla.breach.retracted', reasonCode: 'waiver_withdrawn' });
  });

  it('dated before the breach holds too, from the breach on', () => {
    const events = story('09:00 created', '09:30 reply is waived', '10:30 agent replies');
    expect(tell(events, '09:45').folded.clocks.find(({ promise }) => promise === 'reply')).toMatchObject({
      waived: false,
      waiver: { by: { role: 'agent', id: 'lead-1' }, reason: 'The carrier was down' },
    });
    expect(tell(events, '12:00').said('sla.breach.waived')).toEqual(['reply 10:00']);
    expect(replyRow(events)).toEqual([0, 0, 1, null]);
  });

  it('withdrawn before the breach, never was', () => {
    const events = story('09:00 created', '09:30 reply is waived', '09:40 waiver of 09:30 is withdrawn');
    expect(replyRow(events)).toEqual([0, 1, 0, 0]);
    expect(tell(events, '12:00').said('sla.breach.waived')).toEqual([]);
  });

  it('of a promise that is kept changes nothing', () => {
    expect(replyRow(story('09:00 created', '09:30 reply is waived', '09:40 agent replies'))).toEqual([1, 0, 0, 1]);
  });

  it('granted twice is one waiver: the first stands', () => {
    const events = story(...broken, '11:00 reply is waived', '11:10 reply is waived again');
    expect(tell(events, '12:00').said('sla.breach.waived')).toEqual(['reply 11:00']);
  });

  it('concerns one cycle; it may wait for the cycle to begin', () => {
    const events = story(
      '09:00 created',
      '09:05 first next is waived',
      '09:10 agent replies',
      '09:20 requester writes',
      '12:00 agent replies',
      '12:10 requester writes',
      '15:00 agent replies',
    );
    expect(tell(events, '16:00').said('sla.breach.waived')).toEqual(['next 11:20']);
    expect(tell(events, '16:00').clock('next#2')).toBe('breached 14:10');
  });

  it('holds on a ticket that was merged away', () => {
    const events = story('09:00 created', '10:30 merged away', '11:00 reply is waived');
    expect(tell(events, '12:00').said('sla.breach.waived')).toEqual(['reply 11:00']);
  });

  it('may name the breach by its SLA event, and reaches a cycle that is over for good', () => {
    const policy = lawsPolicies.get('from-start');
    if (!policy) throw new Error('no such policy');
    const station = new Station(policy);
    const play = (events: readonly TicketEvent[], until: string): void => {
      for (const event of events) station.deliver({ ...event, source: 'laws' });
      station.watermark({ eventsUpTo: instant(until), duesBefore: instant(until) });
    };
    play([...story('09:00 created'), ...story('09:01 becomes urgent')], '09:10');
    play(story('10:30 agent replies'), '11:00');
    expect(station.state?.clocks.map(({ promise }) => promise)).not.toContain('reply');
    const breach = station
      .standing()
      .find(({ event }) => event.type === 'sla.clock.breached' && event.promise === 'reply');
    const [named] = story('11:10 reply is waived');
    if (!breach || named?.type !== 'ticket.waiver.granted') throw new Error('the story breaks the reply');
    play([{ ...named, data: { ...named.data, breach: breach.event.id } }], '12:00');
    expect(station.standing().map(({ event }) => `${event.type} ${event.promise}`)).toContain(
      'sla.breach.waived reply',
    );
    expect(station.published.filter(({ event }) => event.reasonCode === 'late_evidence')).toEqual([]);
  });
});
