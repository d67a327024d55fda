import type { TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { escalationsOf } from '../escalation-view.js';
import { eventId } from '../draft.js';
import { netSayings } from '../publish.js';
import { lawsPolicies } from '../laws/policies.spec-kit.js';
import { Station } from '../laws/station.spec-kit.js';
import { sayEscalation } from '../say-escalation.js';
import { stateWithoutPeople, saidWithoutPeople } from '../without-people.js';
import { instant, story, tell } from './story.spec-kit.js';

/** What people answer to escalations: each is taken up once and settled once, and what was said of it goes with it (SLA-SEMANTICS §7). */

const asked = [
  '09:00 created',
  '09:05 assigned to person 1 in blue',
  '09:10 asks for an update',
  '09:20 asks for an escalation, saying why',
] as const;
const late = ['09:00 created', '09:05 assigned to person 1 in blue'] as const;

function standing(events: readonly TicketEvent[], options: { policy?: string } = {}, until = '14:00') {
  const { folded } = tell(events, until, options);
  return escalationsOf(folded.sayings).map((one) => `${one.step ?? 'asked for'} ${one.promise ?? ''}: ${one.standing}`);
}

/** The id under which the step of `reply` was raised at 11:00. */
function stepOfReply(events: readonly TicketEvent[]): string {
  const step = escalationsOf(tell(events, '14:00').folded.sayings).find(({ promise }) => promise === 'reply');
  return step?.id ?? '';
}

function answered(line: string, names: object): TicketEvent {
  const [event] = story(line);
  return { ...event, data: { ...event?.data, ...names } } as TicketEvent;
}

describe('an escalation', () => {
  it('that was asked for is taken up, and settled by the word of whoever handles it', () => {
    const events = story(...asked, '09:40 escalation is acknowledged', '10:00 escalation is resolved');
    const told = tell(events, '12:00');
    expect(told.said('sla.escalation.acknowledged')).toEqual(['ticket 09:40']);
    expect(told.said('sla.escalation.resolved')).toEqual(['ticket 10:00']);
    const [raised] = [...netSayings(told.folded.sayings).values()].filter(
      ({ type }) => type === 'sla.escalation.raised',
    );
    const said = [...netSayings(told.folded.sayings).values()].filter(({ escalation }) => escalation !== null);
    expect(said).toMatchObject([
      {
        reason: 'Acknowledged by agent lead-1: We are on it',
        reasonCode: 'acknowledged',
        cause: '09:40 escalation is acknowledged',
        escalation: { raised: raised?.key, by: { role: 'agent', id: 'lead-1' }, resources: [] },
      },
      { reason: 'Resolved by agent lead-1: The customer was called', reasonCode: 'resolved' },
    ]);
  });

  it('names the resources that were added, and tells how it went in a sentence', () => {
    const events = story(...asked, '09:40 escalation is acknowledged', '10:00 escalation is resolved with more people');
    const [view] = escalationsOf(tell(events, '10:01').folded.sayings);
    expect(view).toMatchObject({
      standing: 'resolved',
      request: '09:20 asks for an escalation, saying why',
      acknowledged: { at: instant('09:40'), by: { role: 'agent', id: 'lead-1' }, reason: 'We are on it' },
      resolved: { at: instant('10:00'), resources: [{ who: 'databases', what: 'an engineer' }] },
    });
    expect(view && sayEscalation(view)).toBe(
      'The escalation that was asked for was raised at 2026-03-02T09:20:00.000Z, acknowledged at 2026-03-02T09:40:00.000Z and ' +
        'resolved at 2026-03-02T10:00:00.000Z, naming 1 additional resource.',
    );
    const told = [...netSayings(tell(events, '10:01').folded.sayings).values()].find(
      ({ type }) => type === 'sla.escalation.resolved',
    );
    expect(told?.reason).toBe('Resolved by agent lead-1: with databases (an engineer)');
  });

  it('that nobody took up says so', () => {
    const [view] = escalationsOf(tell(story(...asked), '09:30').folded.sayings);
    expect(view?.standing).toBe('raised');
    expect(view && sayEscalation(view)).toBe(
      'The escalation that was asked for was raised at 2026-03-02T09:20:00.000Z; nobody has taken it up yet.',
    );
  });

  it('of a step is answered as one of its clock, also once the reply has come', () => {
    const events = story(
      ...late,
      '11:10 escalation is acknowledged',
      '11:20 agent replies',
      '11:30 escalation is resolved',
    );
    const told = tell(events, '11:40');
    expect(told.said('sla.escalation.acknowledged')).toEqual(['reply 11:10']);
    expect(told.said('sla.escalation.resolved')).toEqual(['reply 11:30']);
    const resolved = [...netSayings(told.folded.sayings).values()].find(
      ({ type }) => type === 'sla.escalation.resolved',
    );
    expect(resolved).toMatchObject({ promise: 'reply', cycle: 1, threshold: 'lead', lateMs: 80 * 60_000 });
  });

  it('is acknowledged once and resolved once: the first answer of a kind counts', () => {
    const events = story(
      ...asked,
      '09:30 escalation is acknowledged',
      '09:40 escalation is acknowledged',
      '09:50 escalation is resolved',
      '09:55 escalation is resolved with more people',
      '10:00 escalation is acknowledged',
    );
    const told = tell(events, '10:10');
    expect(told.said('sla.escalation.acknowledged')).toEqual(['ticket 09:30']);
    expect(told.said('sla.escalation.resolved')).toEqual(['ticket 09:50']);
  });

  it('is the latest raised before, where an answer names none; none, where none was raised', () => {
    // Asked for at 09:20; the steps of `reply_goal` and `reply` come at 10:30 and 11:00.
    const both = [...asked, '10:45 escalation is acknowledged'];
    expect(standing(story(...both), {}, '10:50')).toEqual(['asked for : raised', 'lead reply_goal: acknowledged']);
    expect(standing(story(...late, '09:10 escalation is acknowledged'), {}, '10:35')).toEqual([
      'lead reply_goal: raised',
    ]);
  });

  it('is answered by the id of the event that asked for it, or by its own', () => {
    const named = story(...asked, '10:45 escalation of 09:20 is acknowledged');
    expect(standing(named, {}, '10:50')).toEqual(['asked for : acknowledged', 'lead reply_goal: raised']);
    const id = stepOfReply(story(...asked));
    const events = [...story(...asked), answered('12:00 escalation is resolved', { escalation: id })];
    expect(standing(events)).toContain('lead reply: resolved');
    const again = [...story(...asked), answered('12:00 escalation is resolved', { escalation: eventId(id, 2) })];
    expect(standing(again)).toContain('lead reply: resolved');
  });

  it('answered a moment too early by the clock of the helpdesk, is answered when it is raised', () => {
    const id = stepOfReply(story(...late));
    const events = [...story(...late), answered('10:59 escalation is acknowledged', { escalation: id })];
    expect(tell(events, '11:00').said('sla.escalation.acknowledged')).toEqual([]);
    expect(tell(events, '11:01').said('sla.escalation.acknowledged')).toEqual(['reply 11:00']);
    expect(tell(events, '11:01').folded.state.escalationAnswers).toEqual([]);
  });

  it('that wants resources named is only taken up by a word without any', () => {
    const lines = [...asked, '09:30 escalation is resolved'];
    expect(standing(story(...lines), { policy: 'strict' }, '09:40')).toContain('asked for : acknowledged');
    const named = story(...lines, '09:50 escalation is resolved with more people');
    expect(standing(named, { policy: 'strict' }, '09:55')).toContain('asked for : resolved');
    // A step of a clock is settled by a word, whatever requests want.
    expect(standing(story(...late, '10:31 escalation is resolved'), { policy: 'strict' }, '10:40')).toEqual([
      'lead reply: resolved',
    ]);
  });

  it('is raised first, where it is answered at the same instant', () => {
    const id = stepOfReply(story(...late));
    const events = [...story(...late), answered('11:00 escalation is resolved', { escalation: id })];
    expect(tell(events, '11:01').said('sla.escalation.resolved')).toEqual(['reply 11:00']);
    const together = story(...asked, '09:20 escalation is resolved', '09:20 escalation is acknowledged');
    expect(tell(together, '09:30').said('sla.escalation.acknowledged')).toEqual(['ticket 09:20']);
    expect(tell(together, '09:30').said('sla.escalation.resolved')).toEqual(['ticket 09:20']);
  });

  it('answered on a ticket that is merged away is not', () => {
    expect(standing(story(...asked, '09:30 merged away', '09:40 escalation is acknowledged'))).toEqual([
      'asked for : raised',
    ]);
  });

  it('withdrawn by late evidence takes its answers with it', () => {
    const station = new Station(lawsPolicies.get('from-start') ?? failing());
    const at = (text: string) => ({ eventsUpTo: instant(text), duesBefore: instant(text) });
    const of = (type: string) => station.standing().filter(({ event }) => event.type === type);
    // Begins at normal: two working hours of Berlin, so the reply is due at 11:00 and its step comes after lunch.
    for (const event of story(...late)) station.deliver(event);
    station.watermark(at('13:01'));
    const [step] = of('sla.escalation.raised');
    expect(step?.event).toMatchObject({ promise: 'reply', at: instant('13:00') });
    station.deliver(answered('13:10 escalation is acknowledged', { escalation: step?.event.id }));
    station.watermark(at('13:40'));
    expect(of('sla.escalation.acknowledged')).toHaveLength(1);
    const [acknowledged] = of('sla.escalation.acknowledged');
    const [raised] = of('sla.escalation.raised');
    expect(acknowledged?.event.escalation?.raised).toBe(raised?.event.id);
    for (const event of story('10:30 agent replies')) station.deliver(event);
    station.watermark(at('13:50'));
    expect(of('sla.escalation.acknowledged')).toEqual([]);
    expect(of('sla.escalation.raised')).toEqual([]);
    const withdrawn = of('sla.escalation.withdrawn').map(({ event }) => event);
    expect(withdrawn.map(({ corrects }) => corrects).sort()).toEqual([acknowledged?.event.id, raised?.event.id].sort());
    expect(withdrawn.map(({ escalation }) => escalation)).toEqual([undefined, undefined]);
  });

  it('withdrawn by a retroactive publication takes its answers with it', () => {
    const published = ['11:30 published retroactive: lenient'];
    const events = story('09:00 created', '11:10 escalation is acknowledged');
    const before = tell(events, '11:20');
    expect(before.said('sla.escalation.acknowledged')).toEqual(['reply 11:10']);
    const after = tell(events, '11:40', { published });
    expect(after.said('sla.escalation.raised').filter((said) => said.startsWith('reply '))).toEqual([]);
    expect(after.said('sla.escalation.acknowledged')).toEqual([]);
  });

  it('forgets who answered, and what they wrote', () => {
    const id = 'not raised yet';
    const waiting = [
      ...story(...asked, '09:30 escalation is resolved with more people'),
      answered('09:40 escalation is acknowledged', { escalation: id }),
    ];
    const { state, sayings } = tell(waiting, '10:00').folded;
    expect(JSON.stringify(state)).toContain('lead-1');
    expect(JSON.stringify(stateWithoutPeople(state, new Set()))).not.toMatch(/lead-1|We are on it/);
    const station = new Station(lawsPolicies.get('from-start') ?? failing());
    for (const event of waiting) station.deliver(event);
    station.watermark({ eventsUpTo: instant('10:00'), duesBefore: instant('10:00') });
    expect(sayings.length).toBeGreaterThan(0);
    const said = station.published.map(({ event }) => event).filter(({ escalation }) => escalation !== undefined);
    expect(said).toHaveLength(1);
    expect(said.map(saidWithoutPeople)).toMatchObject([
      {
        reason: 'Resolved by agent forgotten: with forgotten (forgotten)',
        escalation: { by: { role: 'agent', id: 'forgotten' }, resources: [{ who: 'forgotten', what: 'forgotten' }] },
      },
    ]);
  });
});

function failing(): never {
  throw new Error('no such policy');
}
