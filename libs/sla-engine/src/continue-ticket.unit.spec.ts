import type { PriorityDecision, TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { instant, story } from './cases/story.spec-kit.js';
import { continueTicket } from './continue-ticket.js';
import { foldTicket } from './fold-ticket.js';
import { decisionsOf } from './laws/histories.spec-kit.js';
import { lawsPolicies } from './laws/policies.spec-kit.js';

/** When a fold may go on from a state, and when it must say that it needs the past. A state that went on wrongly would be silent. */

const before = story('09:00 created', '09:10 agent replies', '09:20 becomes urgent');
const [reply] = story('09:40 agent replies');

function fold(events: readonly TicketEvent[], until: string) {
  const policy = lawsPolicies.get('from-start');
  if (!policy) throw new Error('no such policy');
  const horizon = { eventsUpTo: instant(until), duesBefore: instant(until) };
  const history = { ...decisionsOf(events), events };
  return { policy, horizon, folded: foldTicket({ source: 'story', ticket: 'T-1' }, history, policy, horizon) };
}

/** Continues the story with `event`, the classifier's history then being `rewrite` of what it was. */
function goOn(event: TicketEvent | undefined, rewrite: (history: PriorityDecision[]) => PriorityDecision[]) {
  if (!event) throw new Error('a story without an event');
  const { folded } = fold(before, '09:30');
  const { policy, horizon, folded: whole } = fold([...before, event], '09:50');
  const { priorityHistory, coverageHistory } = decisionsOf([...before, event]);
  const history = { events: [event], priorityHistory: rewrite(priorityHistory), coverageHistory };
  return { continued: continueTicket(folded.state, history, policy, horizon), whole };
}

const asItWas = (history: PriorityDecision[]) => history;

describe('a fold goes on', () => {
  it('with an event in order', () => {
    const { continued, whole } = goOn(reply, asItWas);
    expect(continued?.state).toEqual(whole.state);
  });

  it('with a decision that its new event caused', () => {
    const [change] = story('09:40 becomes urgent');
    const { continued, whole } = goOn(change, asItWas);
    expect(whole.state.decisionsSeen).not.toBe(fold(before, '09:30').folded.state.decisionsSeen);
    expect(continued?.state).toEqual(whole.state);
  });
});

describe('the state a fold goes on from', () => {
  it.each([
    '09:40 agent replies',
    '09:40 requester writes',
    '09:40 first next is waived',
    '09:40 asks for an update',
    '09:40 solved',
  ])('is not changed: %s', (told) => {
    const { folded, policy } = fold(before, '09:30');
    const given = structuredClone(folded.state);
    const events = story(told);
    const horizon = { eventsUpTo: instant('11:00'), duesBefore: instant('11:00') };
    const history = { ...decisionsOf([...before, ...events]), events };
    expect(continueTicket(folded.state, history, policy, horizon)?.state).not.toEqual(given);
    expect(folded.state).toEqual(given);
  });
});

describe('a fold needs the past', () => {
  it.each<[string, (history: PriorityDecision[]) => PriorityDecision[]]>([
    [
      'an earlier decision says another priority',
      ([first, ...more]) => (first ? [{ ...first, priority: 'low' }, ...more] : []),
    ],
    [
      'an earlier decision has become a correction',
      (all) => all.map((one) => ({ ...one, kind: 'correction' as const })),
    ],
    ['an earlier decision is gone', (all) => all.slice(0, -1)],
    [
      'an earlier decision was unknown',
      ([first, ...more]) => (first ? [first, { ...first, decisionId: 'late' }, ...more] : []),
    ],
    ['earlier decisions changed places', (all) => all.toReversed()],
  ])('where %s', (_what, rewrite) => {
    expect(goOn(reply, rewrite).continued).toBeNull();
  });

  it('where the new event corrects what was decided', () => {
    expect(goOn(story('09:40 was normal all along')[0], asItWas).continued).toBeNull();
  });

  it('where the new event belongs before what was folded', () => {
    expect(goOn(story('09:15 agent replies')[0], asItWas).continued).toBeNull();
  });
});
