import { describe, expect, it } from 'vitest';
import { unpackState } from './packed-state.js';
import { StoredTicket, type TicketRecord } from './stored-ticket.js';

const decision = {
  ...({ decisionId: 'd-1', eventId: 'created', at: 1_000, kind: 'correction', priority: 'Severity 1' } as const),
  ...({ by: 'rule', status: 'decided', rule: null, confidence: 1, needsReview: false, reason: 'Down' } as const),
};

/** As `pg` hands it over. */
function record(changes: Partial<TicketRecord> = {}): TicketRecord {
  return {
    ...{ source: 'desk', ticket: 'T-1', policy: 'rego', policy_version: 'v1', settle_ms: 5_000, scheme: 'rego' },
    ...{ state: '{"createdAt":1000,"priority":"Severity 1"}', priority_history: JSON.stringify([decision]) },
    ...{ coverage_history: '[]', revision: 3, folded_up_to: '2000', dues_before: '2500', folded_offset: '17' },
    ...{ timer_at: '9000', quarantined: null, seal_at: null, sealed_at: null, first_event_at: '1000' },
    ...{ last_event_at: '1500', first_published_at: null, last_published_at: null },
    ...changes,
  };
}

describe('a ticket as it was read', () => {
  it('has what its row says', () => {
    const ticket = new StoredTicket(record());
    expect(ticket).toMatchObject({
      ...{ source: 'desk', ticket: 'T-1', policy: 'rego', policyVersion: 'v1', settleMs: 5_000, scheme: 'rego' },
      ...{ revision: 3, storedRevision: 3, foldedUpTo: 2_000, duesBefore: 2_500, foldedOffset: 17, wakeAt: 9_000 },
      ...{ storedTimer: { wakeAt: 9_000, settleMs: 5_000 }, sealAt: null, firstEventAt: 1_000, lastEventAt: 1_500 },
    });
    expect(ticket.state).toMatchObject({ createdAt: 1_000, priority: 'Severity 1', policyVersion: 'v1' });
    expect(ticket.priorityHistory).toEqual([decision]);
    expect(ticket.coverageHistory).toEqual([]);
  });

  it('has no state, and no timer, where its row has none', () => {
    const ticket = new StoredTicket(record({ state: null, timer_at: null }));
    expect(ticket.state).toBeNull();
    expect(ticket.storedTimer).toBeNull();
  });

  it('gives one state however often it is asked, since what is folded onto it is kept in it', () => {
    const ticket = new StoredTicket(record());
    expect(ticket.state).toBe(ticket.state);
    expect(ticket.priorityHistory).toBe(ticket.priorityHistory);
  });

  it('reads its state under the version that the state was stored with, whatever it has come to since', () => {
    const ticket = new StoredTicket(record());
    ticket.policyVersion = 'v2';
    expect(ticket.state?.policyVersion).toBe('v1');
  });

  it('keeps what was put in place of what was read, asked for before or not', () => {
    const [asked, unasked] = [new StoredTicket(record()), new StoredTicket(record())];
    expect(asked.state).not.toBeNull();
    const later = unpackState(
      { priority: 'Severity 2' },
      { source: 'desk', ticket: 'T-1', policy: 'rego', policyVersion: 'v2' },
    );
    for (const ticket of [asked, unasked]) {
      ticket.state = later;
      ticket.priorityHistory = [];
      expect(ticket.state).toBe(later);
      expect(ticket.priorityHistory).toEqual([]);
      ticket.state = null;
      expect(ticket.state).toBeNull();
    }
  });
});
