import type { TicketStatus } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { compilePolicy, loadPolicy, resolvePolicy, type PromiseTerms } from './index.js';

/** The terms of a policy's one promise, written as YAML lines. */
function terms(promise: string, rest = ''): PromiseTerms {
  const text = `id: acme
title: Acme
priorities: [P1]
calendars: { office: { zone: UTC, weekly: { mon-fri: 09:00-17:00 } } }
promises:
  - { id: one, calendar: office, ${promise} }
classification: { default: P1 }
${rest}`.replace('priorities: [P1]', 'priorities: [{ name: P1 }]');
  const { document, diagnostics } = loadPolicy(text, 'acme.policy.yaml');
  if (!document) throw new Error(JSON.stringify(diagnostics));
  const ticket = { customer: null, plan: null, tier: null, channel: null, product: null, stage: null, fields: {} };
  const outcome = compilePolicy(resolvePolicy(document)).resolve(ticket, 'P1', null);
  const [first] = outcome.covered ? outcome.promises : [];
  if (!first) throw new Error('nothing is promised');
  return first;
}

const status = (name: string, category: TicketStatus['category']): TicketStatus => ({ name, category });
const response = 'target: first_response, commitment: target, within: 4h';

describe('a promise', () => {
  it('is counted from its duration, and measured without one', () => {
    expect(terms(response).duration).toEqual({ kind: 'work', ms: 14_400_000, text: '4h' });
    expect(terms('target: resolution, commitment: target, within: 2 business days').duration).toMatchObject({
      kind: 'businessDays',
      days: 2,
    });
    const measured = terms('target: update_on_request, commitment: target, within: measured, warnings: [80%]');
    expect(measured.duration).toBeNull();
    expect(measured.warnings).toEqual([]);
  });

  it('has the defaults of the language', () => {
    expect(terms(response)).toMatchObject({
      retarget: 'fromStart',
      reopen: 'resume',
      fromCreation: false,
      attainment: null,
      escalations: [],
      warnings: [],
    });
  });

  it('pauses by category, and no longer once the requester wrote', () => {
    const { pausesIn } = terms(`${response}, pauses: [waiting_requester]`);
    expect(pausesIn(status('Pending', 'waiting_requester'), false)).toBe(true);
    expect(pausesIn(status('Pending', 'waiting_requester'), true)).toBe(false);
    expect(pausesIn(status('On hold', 'waiting_other'), false)).toBe(false);
    expect(pausesIn(status('Open', 'open'), false)).toBe(false);
  });

  it('pauses by name, whomever the policy or the helpdesk says it waits for', () => {
    const { pausesIn } = terms(
      `${response}, pauses: [Wait - Vendor, { status: Wait - User, awaits: requester }, { status: Parked, awaits: other }]`,
    );
    expect(pausesIn(status('wait - vendor', 'open'), true)).toBe(true);
    expect(pausesIn(status('Wait - Vendor', 'waiting_requester'), true)).toBe(false);
    expect(pausesIn(status('Wait - User', 'open'), false)).toBe(true);
    expect(pausesIn(status('Wait - User', 'open'), true)).toBe(false);
    expect(pausesIn(status('Parked', 'waiting_requester'), true)).toBe(true);
  });

  it('is solved by solved and closed unless the policy names statuses', () => {
    const usual = terms(response);
    expect([
      usual.solvedBy(status('Done', 'solved')),
      usual.solvedBy(status('Done', 'closed')),
      usual.solvedBy(status('Done', 'open')),
    ]).toEqual([true, true, false]);
    const named = terms('target: resolution, commitment: target, within: 4h, solved: [Deployed]');
    expect([named.solvedBy(status('deployed', 'open')), named.solvedBy(status('Done', 'solved'))]).toEqual([
      true,
      false,
    ]);
  });

  it('is warned of in the order in which thresholds are crossed', () => {
    const labels = (text: string) => terms(text).warnings.map(({ label }) => label);
    expect(labels(`${response}, warnings: [-15m, 50%, -3h, 80%]`)).toEqual(['-3h', '50%', '80%', '-15m']);
    expect(labels(response.replace('4h', '10m') + ', warnings: [-15m, 80%]')).toEqual(['80%']);
  });

  it('escalates in steps from its start and its due instant', () => {
    const rest =
      'recipients: { lead: Lead }\nescalations: { up: [{ name: Soon, at: due-30m, to: lead }, { name: Now, at: due, to: lead }, { name: Later, at: start + 1h30m, to: lead }] }';
    expect(terms(`${response}, escalations: up`, rest).escalations).toEqual([
      { name: 'Soon', anchor: 'due', offsetMs: -1_800_000, recipients: ['lead'] },
      { name: 'Now', anchor: 'due', offsetMs: 0, recipients: ['lead'] },
      { name: 'Later', anchor: 'start', offsetMs: 5_400_000, recipients: ['lead'] },
    ]);
  });
});
