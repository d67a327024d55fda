import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { foldTicket, type TicketState } from '@punctual/sla-engine';
import { describe, expect, it } from 'vitest';
import { packState, unpackState } from './packed-state.js';

const HOUR = 3_600_000;
const created = Date.parse('2026-03-03T15:00:00Z');
const row = { source: 'desk', ticket: 'T-1', policy: 'rego', policyVersion: '' };
const policy = compileRego();
const identity = { ...row, policyVersion: policy.version };

describe('a packed state', () => {
  it.each([
    ['before its deadline', HOUR / 2],
    ['after it', 2 * HOUR],
  ])('is unpacked to what it was, %s', (_when, after) => {
    const state = folded(created + after);
    expect(unpackState(stored(packState(state, identity)), identity)).toEqual(state);
  });

  it('keeps whatever is not at its default', () => {
    const state: TicketState = {
      ...folded(created + 2 * HOUR),
      ...{ source: 'other', ticket: 'T-2', policy: 'acme', policyVersion: 'v2', scheduleSeen: 'v1 v2', lastFiredAt: 1 },
      ...{ origin: 'outbound', exclusion: 'spam', requesterWrote: true, acknowledged: true, replied: true },
      attributes: {
        ...{ customer: 'c', plan: 'p', tier: 't', channel: 'x', product: 'q', stage: 's' },
        fields: { a: null },
      },
      ...{
        covered: false,
        requesterHasWritten: true,
        retractions: { k: 2 },
        surge: { open: true, edges: 1, digest: 'd' },
      },
      ...{ status: { name: 'new', category: 'waiting_other' }, assignee: { person: null, team: 'night' } },
      related: [{ ticket: 'T-0', at: 0, eventId: 'e' }],
      ...{ owed: { eventId: 'e', at: 0 }, stay: { eventId: 'e', at: 0 } },
      ...{ gone: { kind: 'merged', at: 0, eventId: 'e' }, solved: { at: 0, eventId: 'e', closed: false } },
    };
    const [clock] = state.clocks;
    if (clock === undefined) throw new Error('the pack promises nothing');
    const retargeted = { ...clock, priority: null, passed: ['50%'], crossed: [], waiver: null, reason: '' };
    const whole = { ...state, clocks: [clock, retargeted] };
    expect(unpackState(stored(packState(whole, identity)), identity)).toEqual(whole);
  });

  it('is read where it was written whole, before states were packed', () => {
    const state = folded(created + HOUR / 2);
    expect(unpackState(stored(state), identity)).toEqual({ ...state });
  });

  it('takes half the room', () => {
    const state = folded(created + HOUR / 2);
    expect(JSON.stringify(packState(state, identity)).length).toBeLessThan(JSON.stringify(state).length / 2);
  });

  it('shares no container with another', () => {
    const packed = stored(packState(folded(created + HOUR / 2), identity));
    const [one, other] = [unpackState(packed, identity), unpackState({ ...packed }, identity)];
    one.retractions['k'] = 1;
    expect(other.retractions).toEqual({});
  });
});

/** As the database gives it back. */
function stored<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/** A critical ticket, folded up to an instant. */
function folded(upTo: number): TicketState {
  const event = {
    ...({ id: 'created', source: 'desk', ticket: 'T-1', type: 'ticket.created', occurredAt: created } as const),
    ...{ receivedAt: created, sequence: -1, data: { origin: 'requester', channel: 'portal' } as const },
  };
  const decision = {
    ...({ decisionId: 'd', eventId: 'created', at: created, kind: 'correction', priority: 'Severity 1' } as const),
    ...({ by: 'rule', status: 'decided', rule: null, confidence: 1, needsReview: false, reason: 'Down' } as const),
  };
  const history = { events: [event], priorityHistory: [decision], coverageHistory: [] };
  return stored(foldTicket(row, history, policy, { eventsUpTo: upTo, duesBefore: upTo }).state);
}

function compileRego() {
  const pack = builtInPack('rego')?.document;
  if (!pack) throw new Error('the pack rego does not load');
  return compilePolicy(resolvePolicy(pack));
}
