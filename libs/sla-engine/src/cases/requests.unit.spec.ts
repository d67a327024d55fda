import { describe, expect, it } from 'vitest';
import { netSayings } from '../publish.js';
import { story, tell } from './story.spec-kit.js';

/** Requests of customers: accepted, or refused with a code, what is missing and what to do (SLA-SEMANTICS §7). */

function refusals(...lines: readonly string[]) {
  const { folded } = tell(story(...lines), '12:00');
  return [...netSayings(folded.sayings).values()]
    .filter(({ type }) => type === 'sla.request.refused')
    .map(({ reasonCode, refusal, cause }) => ({ reasonCode, refusal, cause }));
}

describe('a request', () => {
  it('that is accepted says nothing of refusal and starts its clock', () => {
    expect(refusals('09:00 created', '10:00 asks for an update')).toEqual([]);
  });

  it('for an update that is refused starts no clock', () => {
    const accepted = tell(story('09:00 created', '09:10 agent replies', '23:00 asks for an update'), '23:30');
    expect(accepted.clock('asked')).toBe('running');
    const lines = ['09:00 created', '09:10 agent replies', '23:00 asks for an update by telephone'] as const;
    const refused = tell(story(...lines), '23:30');
    expect(refused.clock('asked')).toBeUndefined();
    expect(refused.said('sla.request.refused')).toEqual(['ticket 23:00']);
  });

  it('says what is missing and what to do', () => {
    expect(refusals('09:00 created', '10:00 asks for an update', '11:00 asks for an escalation')).toEqual([
      {
        reasonCode: 'information_missing',
        refusal: { what: 'escalation', missing: ['reason'], advice: 'Say why.' },
        cause: '11:00 asks for an escalation',
      },
    ]);
  });

  it('with an empty answer supplies nothing', () => {
    const lines = ['09:00 created', '10:00 asks for an update', '11:00 asks for an escalation with an empty reason'];
    expect(refusals(...lines)).toMatchObject([{ reasonCode: 'information_missing' }]);
  });

  it('that was refused is no step on the way to the next', () => {
    const lines = [
      '09:00 created',
      '10:00 asks for an update by telephone',
      '11:00 asks for an escalation, saying why',
    ] as const;
    expect(refusals(...lines).map(({ reasonCode }) => reasonCode)).toEqual(['wrong_channel', 'too_early']);
  });

  it('for an escalation that is accepted raises it, and says to whom it goes', () => {
    const { folded, said } = tell(
      story('09:00 created', '09:10 asks for an update', '09:20 asks for an escalation, saying why'),
      '09:30',
    );
    expect(said('sla.escalation.raised')).toEqual(['ticket 09:20']);
    const raised = folded.sayings.find(({ draft }) => draft.type === 'sla.escalation.raised');
    expect(raised?.draft).toMatchObject({
      reasonCode: 'on_request',
      reason: 'The requester asked for an escalation; it goes to account manager and head of support',
    });
  });

  it('that is a worry about the service is told at once, and is no step that an escalation asks for', () => {
    const lines = ['09:00 created', '09:10 is worried about the service', '09:20 asks for an escalation, saying why'];
    const { folded, said } = tell(story(...lines), '09:30');
    expect(said('sla.escalation.raised')).toEqual(['ticket 09:10']);
    expect(folded.sayings.find(({ draft }) => draft.type === 'sla.escalation.raised')?.draft).toMatchObject({
      reasonCode: 'concern',
      reason: 'The requester is worried about the service',
    });
    expect(refusals(...lines).map(({ reasonCode }) => reasonCode)).toEqual(['too_early']);
  });

  it('that is a worry and comes by a way that is not taken is refused, and nobody is told', () => {
    const { said } = tell(story('09:00 created', '09:10 is worried by telephone'), '09:30');
    expect(said('sla.escalation.raised')).toEqual([]);
    expect(said('sla.request.refused')).toEqual(['ticket 09:10']);
  });

  it('to open a ticket by a way that is not taken is refused; its clocks run all the same', () => {
    const told = tell(story('09:00 created by telephone'), '09:15');
    expect(told.said('sla.request.refused')).toEqual(['ticket 09:00']);
    expect(told.due('reply')).toBe('10:00');
  });
});

/** CLASSIFIER 3: a later comment never re-classifies; it may only yield a request. Evidence of 0.8 makes one here. */
describe('a message that asks for something by its words', () => {
  const asking = (
    request: 'update' | 'elevation' | 'escalation',
    line: string,
    { confidence = 0.8, priorities = [] }: { confidence?: number; priorities?: readonly string[] } = {},
  ) => story(line).map((event) => ({ ...event, asks: { request, priorities, confidence, cue: 'as it was put' } }));

  it('is a message, and a request besides', () => {
    const told = tell(
      [...story('09:00 created', '09:10 agent replies'), ...asking('update', '10:00 requester writes')],
      '10:15',
    );
    expect([told.clock('next'), told.due('next')]).toEqual(['running', '12:00']);
    expect(told.clock('asked')).toBe('running');
    expect(told.folded.clocks.find(({ promise }) => promise === 'asked')).toMatchObject({
      cycleKey: '10:00 requester writes',
    });
  });

  it('asks for nothing where the policy wants more evidence', () => {
    const events = [...story('09:00 created'), ...asking('update', '10:00 requester writes', { confidence: 0.79 })];
    expect(tell(events, '10:15').clock('asked')).toBeUndefined();
  });

  it('asks for nothing where it counts for nothing', () => {
    const bot = [...story('09:00 created'), ...asking('update', '10:00 bot replies')];
    const away = [...story('09:00 created'), ...asking('update', '10:00 requester is out of office')];
    expect([tell(bot, '10:15').clock('asked'), tell(away, '10:15').clock('asked')]).toEqual([undefined, undefined]);
  });

  it('is refused as any other request, with the words it was taken by', () => {
    const events = [...story('09:00 created'), ...asking('escalation', '10:00 requester writes')];
    const { folded, said } = tell(events, '10:15');
    expect(said('sla.request.refused')).toEqual(['ticket 10:00']);
    expect(folded.sayings.find(({ draft }) => draft.type === 'sla.request.refused')?.draft).toMatchObject({
      reasonCode: 'too_early',
      reason:
        'The request for an escalation in a message (“as it was put”) was refused (too early). Ask for an update first.',
    });
  });

  it('that was accepted is a step on the way, and an escalation is raised once by words, however often they come', () => {
    const before = [
      ...story('09:00 created'),
      ...asking('update', '09:10 requester writes'),
      ...story('09:20 asks for an escalation, saying why'),
    ];
    const events = [...before, ...asking('escalation', '09:40 requester writes')];
    expect(tell(events, '10:00').said('sla.escalation.raised')).toEqual(['ticket 09:20']);
    expect(tell(events, '10:00').said('sla.request.refused')).toEqual([]);
  });
});
