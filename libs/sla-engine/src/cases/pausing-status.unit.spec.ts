import type { PriorityDecision } from '@punctual/contracts';
import { builtInPack, compilePolicy, loadPolicy, resolvePolicy } from '@punctual/policy';
import { describe, expect, it } from 'vitest';
import { explainTicket } from '../explain.js';
import { foldTicket } from '../fold-ticket.js';
import { sayVerdict } from '../say-verdict.js';
import { waitsForOthers } from '../waits-for-others.js';
import { instant, story } from './story.spec-kit.js';

/** A policy may pause in a status of the desk's own name, whatever that means to the helpdesk (SLA-SEMANTICS §4, §8). */
const text = (builtInPack('rego')?.text ?? '').replace(
  'pauses: [waiting_requester]',
  'pauses: [waiting_requester, { status: In development, awaits: other }, { status: surge, awaits: other }]',
);

function pausedIn(name: string) {
  const { document, diagnostics } = loadPolicy(text, 'rego.policy.yaml');
  if (!document) throw new Error(JSON.stringify(diagnostics));
  const [created, changed] = story('15:00 created', '15:30 open');
  if (!created || !changed) throw new Error('no story');
  const decision: PriorityDecision = {
    decisionId: 'd',
    eventId: created.id,
    at: created.occurredAt,
    kind: 'correction',
    priority: 'Severity 2',
    by: 'default',
    status: 'decided',
    rule: null,
    confidence: 1,
    needsReview: false,
    reason: 'case',
  };
  const events = [created, { ...changed, data: { status: { name, category: 'open' } } } as typeof changed];
  const history = { events, priorityHistory: [decision], coverageHistory: [] };
  const horizon = { eventsUpTo: instant('16:00'), duesBefore: instant('16:00') };
  return foldTicket({ source: 'case', ticket: '1' }, history, compilePolicy(resolvePolicy(document)), horizon);
}

describe('a status of the desk that pauses', () => {
  it('is told in words, where it is published and where it is explained', () => {
    const folded = pausedIn('In development');
    const sentence = 'The status is “In development”, in which the first response does not count';
    const paused = folded.sayings.find(({ draft }) => draft.type === 'sla.clock.paused')?.draft;
    expect(paused?.reason).toContain(sentence);
    expect(paused?.reasonCode).toBe('status: In development');
    const [explained] = explainTicket(folded, instant('16:00'));
    expect(explained?.segments.map(({ state, text: told }) => `${state}: ${told}`)).toEqual([
      'running: The ticket was created; the first response is due by the time shown',
      `paused: ${sentence}`,
    ]);
    const [clock] = folded.clocks;
    expect(clock && sayVerdict(clock)).toBe(
      'The first response (target) is paused: the status is “In development”, in which the first response does not count; 1h 30m of working time left when it resumes.',
    );
  });

  it('is not taken for what Punctual calls by that name', () => {
    const folded = pausedIn('surge');
    expect(folded.clocks[0]).toMatchObject({ outcome: 'paused', reason: 'status: surge' });
    expect(waitsForOthers(folded.state)).toBe(true);
  });
});
