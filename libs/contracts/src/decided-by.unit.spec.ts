import { describe, expect, it } from 'vitest';
import { decidedBy, withoutPeople, type PriorityDecision, type TicketEvent } from './index.js';

const decision: PriorityDecision = {
  ...{ decisionId: 'd', eventId: 'e', at: 0, kind: 'change', priority: 'P1', status: 'decided' },
  ...{ by: 'agent', rule: null, confidence: 1, needsReview: false, reason: 'set by an agent' },
};
const changed: TicketEvent = {
  ...{ id: 'e', source: 's', ticket: 't', occurredAt: 0, receivedAt: null, sequence: -1 },
  type: 'ticket.priority.changed',
  data: { priority: 'P1', actor: { role: 'agent', id: 'a-17' }, reason: 'The whole floor stands still' },
};

describe('who changed a priority and why', () => {
  it('is the person and the reason that was given', () => {
    expect(decidedBy(decision, changed)).toEqual({
      who: { role: 'agent', id: 'a-17' },
      why: 'The whole floor stands still',
    });
  });

  it('is somebody of that role where nobody is named, and what the decision says where no reason is given', () => {
    const silent = { ...changed, data: { priority: 'P1' } };
    expect(decidedBy(decision, silent)).toEqual({ who: { role: 'agent' }, why: 'set by an agent' });
    expect(decidedBy(decision, undefined)).toEqual({ who: { role: 'agent' }, why: 'set by an agent' });
  });

  it.each(['rule', 'default'] as const)('is nobody where the %s decided, whoever wrote the event', (by) => {
    const reason = 'rule down: impact is outage';
    expect(decidedBy({ ...decision, by, reason }, changed)).toEqual({ who: null, why: reason });
  });

  it('names nobody after people were erased', () => {
    expect(decidedBy(decision, withoutPeople(changed, new Set(['p1'])))).toEqual({
      who: { role: 'agent', id: 'forgotten' },
      why: 'forgotten',
    });
  });
});
