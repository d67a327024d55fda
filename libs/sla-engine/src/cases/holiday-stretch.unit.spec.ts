import { builtInPack, compilePolicy, loadPolicy, resolvePolicy } from '@punctual/policy';
import { describe, expect, it } from 'vitest';
import { explainTicket } from '../explain.js';
import { foldTicket } from '../fold-ticket.js';

const text = builtInPack('rewst')?.text ?? '';
const stretched = text.replace(
  '    attainment: 0.9\n',
  '    attainment: 0.9\n    onHoliday: { of: [united-states, europe], factor: 2 }\n',
);

function lowTicket(yaml: string, createdAt: string) {
  const { document, diagnostics } = loadPolicy(yaml, 'rewst.policy.yaml');
  if (!document) throw new Error(JSON.stringify(diagnostics));
  const at = Date.parse(createdAt);
  const event = {
    id: 'created',
    source: 'case',
    ticket: '1',
    type: 'ticket.created' as const,
    occurredAt: at,
    receivedAt: null,
    sequence: 0,
    data: { origin: 'requester' as const },
  };
  const decision = {
    decisionId: 'd',
    eventId: 'created',
    at,
    kind: 'correction' as const,
    priority: 'High',
    by: 'default' as const,
    status: 'decided' as const,
    rule: null,
    confidence: 1,
    needsReview: false,
    reason: 'case',
  };
  const history = { events: [event], priorityHistory: [decision], coverageHistory: [] };
  const folded = foldTicket({ source: 'case', ticket: '1' }, history, compilePolicy(resolvePolicy(document)), {
    eventsUpTo: at,
    duesBefore: at,
  });
  const started = folded.sayings.find(({ draft }) => draft.type === 'sla.clock.started');
  const [explained] = explainTicket(folded, at);
  return {
    hours: (folded.clocks[0]?.targetMs ?? 0) / 3_600_000,
    reason: started?.draft.reason ?? '',
    longer: explained?.longer,
  };
}

describe('an objective while a country is on holiday', () => {
  it('is as long as ever unless the policy says otherwise', () => {
    expect(lowTicket(text, '2026-11-26T15:00:00Z')).toMatchObject({ hours: 2, longer: null });
  });

  it('is longer by the factor for a cycle that starts on the holiday, and says whose it is', () => {
    const { hours, reason, longer } = lowTicket(stretched, '2026-11-26T15:00:00Z');
    expect(hours).toBe(4);
    expect(reason).toContain('united-states (Thanksgiving Day)');
    expect(longer).toBe('Its target is 2 times as long for the holiday of united-states (Thanksgiving Day)');
    expect(reason).toContain('; its target is 2 times');
  });

  it('goes by the local date of the team on holiday', () => {
    expect(lowTicket(stretched, '2026-11-26T04:59:00Z').hours).toBe(2);
    expect(lowTicket(stretched, '2026-11-26T05:00:00Z').hours).toBe(4);
    expect(lowTicket(stretched, '2026-11-27T05:00:00Z').hours).toBe(2);
  });

  it('is refused for calendars that have no holidays of their own', () => {
    const composed = stretched.replace('of: [united-states, europe]', 'of: [team]');
    expect(loadPolicy(composed, 'rewst.policy.yaml').diagnostics.map(({ code }) => code)).toContain(
      'no_holidays_of_its_own',
    );
  });
});
