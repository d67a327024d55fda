import { describe, expect, it } from 'vitest';
import type { TicketEvent } from './ticket-event.js';
import { withoutPeople } from './without-people.js';

const known = new Set(['urgent', 'eu', '3']);

function event(type: string, data: Record<string, unknown>): TicketEvent {
  return {
    id: 'e1',
    source: 'desk',
    ticket: '7',
    occurredAt: 5,
    receivedAt: 6,
    sequence: -1,
    type,
    data,
  } as unknown as TicketEvent;
}

describe('an event without people', () => {
  it('keeps what a policy decides by, and of the rest that something was said', () => {
    const created = event('ticket.created', {
      subject: 'Ada cannot log in',
      plan: 'Gold',
      priority: 'Urgent',
      actor: { role: 'requester', id: 'ada' },
      fields: { region: ' EU', seats: 3, phone: 5550123, note: 'call Ada', blank: ' ', beta: true, none: null },
    });
    expect(withoutPeople(created, known)).toEqual({
      ...created,
      data: {
        plan: 'Gold',
        priority: 'Urgent',
        actor: { role: 'requester', id: 'forgotten' },
        fields: { region: ' EU', seats: 3, phone: 'forgotten', note: 'forgotten', blank: ' ', beta: true, none: null },
      },
    });
  });

  it('keeps how many resources an answer to an escalation named', () => {
    const resolved = event('ticket.escalation.resolved', {
      actor: { role: 'agent', id: 'ada' },
      resources: [{ who: 'bo', what: 'calls Ada' }, { who: 'databases' }],
      reason: 'Ada was called',
    });
    expect(withoutPeople(resolved, known).data).toEqual({
      actor: { role: 'agent', id: 'forgotten' },
      resources: [{ who: 'forgotten', what: 'forgotten' }, { who: 'forgotten' }],
      reason: 'forgotten',
    });
  });

  it('is still assigned to a person where it was, and to none where it was not', () => {
    const assigned = (person: string | null) =>
      withoutPeople(event('ticket.assignment.changed', { assignee: { person, team: 'support' } }), known).data;
    expect(assigned('grace')).toEqual({ assignee: { person: 'forgotten', team: 'support' } });
    expect(assigned(null)).toEqual({ assignee: { person: null, team: 'support' } });
  });

  it('gives no reasons, and no priority but the policy’s', () => {
    const changed = event('ticket.priority.changed', { priority: 'as Ada said', reason: 'Ada insists' });
    expect(withoutPeople(changed, known).data).toEqual({ priority: 'forgotten', reason: 'forgotten' });
  });

  it('says the same when it is taken out of it again', () => {
    const once = withoutPeople(event('ticket.created', { fields: { note: 'x' }, priority: 'y' }), known);
    expect(withoutPeople(once, known)).toEqual(once);
  });
});
