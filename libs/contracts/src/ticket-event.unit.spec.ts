import { describe, expect, it } from 'vitest';
import { parseCloudEvent } from './cloud-event.js';
import { compareTicketEvents, withoutText } from './ticket-event.js';

function read(type: string, data: object, id = 'e-1') {
  const envelope = { specversion: '1.0', id, source: 'desk', subject: 'T-1', time: '2026-03-02T09:00:00Z' };
  return parseCloudEvent({ ...envelope, type, data }, null);
}

function event(type: string, data: object, id?: string) {
  const parsed = read(type, data, id);
  if (!('event' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return parsed.event;
}

type Kind = readonly [type: string, data: object];

const actor = { role: 'agent', id: 'lead-1' };
const waiver = { promise: 'reply', actor, reason: 'The carrier was down' };

describe('a waiver', () => {
  it.each([{}, { cycle: 2 }, { breach: 'b-1' }])('names its cycle as %j', (named) => {
    expect(event('ticket.waiver.granted', { ...waiver, ...named }).data).toEqual({ ...waiver, ...named });
  });

  it.each([
    ['/data/reason', { promise: 'reply', actor }],
    ['/data/actor', { promise: 'reply', reason: 'The carrier was down' }],
    ['/data/breach', { ...waiver, cycle: 1, breach: 'b-1' }],
    ['/data/cycle', { ...waiver, cycle: 0 }],
  ])('is refused at %s', (path, data) => {
    expect(read('ticket.waiver.granted', data)).toMatchObject({ problems: [{ path }] });
  });

  it('stands before its withdrawal at one instant, whatever their ids', () => {
    const granted = event('ticket.waiver.granted', waiver, 'z');
    const withdrawn = event('ticket.waiver.withdrawn', { waiver: 'z', actor }, 'a');
    expect([withdrawn, granted].sort(compareTicketEvents)).toEqual([granted, withdrawn]);
  });
});

describe('an answer to an escalation', () => {
  const resolved = { actor, resources: [{ who: 'databases', what: 'an engineer' }], reason: 'The customer was called' };

  it.each([{}, { escalation: 'e-1' }, { request: 'r-1' }])('names it as %j', (named) => {
    expect(event('ticket.escalation.acknowledged', { actor, ...named }).data).toEqual({ actor, ...named });
    expect(event('ticket.escalation.resolved', { ...resolved, ...named }).data).toEqual({ ...resolved, ...named });
  });

  it.each([
    ['ticket.escalation.acknowledged', '/data/actor', {}],
    ['ticket.escalation.acknowledged', '/data/request', { actor, escalation: 'e-1', request: 'r-1' }],
    ['ticket.escalation.resolved', '/data/request', { ...resolved, escalation: 'e-1', request: 'r-1' }],
    ['ticket.escalation.resolved', '/data/reason', { actor }],
    ['ticket.escalation.resolved', '/data/resources', { actor, resources: [] }],
    ['ticket.escalation.resolved', '/data/resources/0/who', { actor, resources: [{ what: 'an engineer' }] }],
  ])('%s is refused at %s', (type, path, data) => {
    expect(read(type, data)).toMatchObject({ problems: [{ path }] });
  });

  it('comes after the request it answers, and resolves after it acknowledges, at one instant', () => {
    const asked = event('ticket.request.made', { request: 'escalation' }, 'z');
    const taken = event('ticket.escalation.acknowledged', { actor }, 'y');
    const settled = event('ticket.escalation.resolved', resolved, 'x');
    expect([settled, taken, asked].sort(compareTicketEvents)).toEqual([asked, taken, settled]);
  });
});

/** SLA-SEMANTICS §1: instant, source sequence (missing: −1), kind, event id. */
describe("the order of a ticket's events", () => {
  const status = { status: { name: 'Open', category: 'open' } };
  const waits = (more: object, id: string) => ({ ...event('ticket.status.changed', status, id), ...more });
  const message = (role: string): Kind => ['ticket.message.added', { actor: { role } }];
  const kinds: readonly (readonly Kind[])[] = [
    [['ticket.created', {}]],
    [
      ['ticket.priority.changed', { priority: 'P1' }],
      ['ticket.plan.changed', { plan: 'gold' }],
      ['ticket.fields.changed', { stage: 'beta' }],
    ],
    [['ticket.assignment.changed', { assignee: { person: 'p1' } }]],
    [message('requester'), message('participant')],
    [message('agent'), message('bot'), message('system')],
    [['ticket.status.changed', status]],
    [
      ['ticket.merged', { into: 'T-9' }],
      ['ticket.deleted', {}],
      ['ticket.restored', {}],
    ],
  ];

  it('goes by the instant before everything else, to the millisecond', () => {
    const early = waits({ occurredAt: 1_000, sequence: 9 }, 'z');
    const late = { ...event('ticket.created', {}, 'a'), occurredAt: 1_001, sequence: -1 };
    expect([late, early].sort(compareTicketEvents)).toEqual([early, late]);
  });

  it("goes by the source's sequence before the kind, and has what lacks one first", () => {
    const without = waits({ sequence: -1 }, 'z');
    const first = waits({ sequence: 0 }, 'y');
    const second = { ...event('ticket.created', {}, 'a'), sequence: 1 };
    expect([second, first, without].sort(compareTicketEvents)).toEqual([without, first, second]);
    expect(event('ticket.created', {}).sequence).toBe(-1);
  });

  it.each(kinds.flatMap((rank, index) => rank.flatMap((one) => (kinds[index + 1] ?? []).map((next) => [one, next]))))(
    'has %j before %j, whatever their ids',
    ([type, data], [laterType, later]) => {
      const [before, after] = [event(type, data, 'z'), event(laterType, later, 'a')];
      expect([after, before].sort(compareTicketEvents)).toEqual([before, after]);
    },
  );

  it.each(kinds.flatMap((rank) => rank.flatMap((one) => rank.map((other) => [one, other]))))(
    'ranks %j and %j alike, so that the id decides',
    ([type, data], [otherType, other]) => {
      const [low, high] = [event(type, data, 'a'), event(otherType, other, 'b')];
      expect([high, low].sort(compareTicketEvents)).toEqual([low, high]);
    },
  );

  it('goes by the id at last, as its characters are coded and not as a language sorts them', () => {
    const ids = ['B', 'a', 'ä', 'z'].sort().map((id) => waits({}, id));
    expect(ids.map(({ id }) => id)).toEqual(['B', 'a', 'z', 'ä']);
    expect(ids.toReversed().sort(compareTicketEvents)).toEqual(ids);
  });
});

describe('an event without text', () => {
  it('keeps the names of what was supplied, where something was, however often its text is taken away', () => {
    const asked = event('ticket.request.made', {
      request: 'escalation',
      supplied: { reason: 'our customers wait', business_impact: ' ' },
    });
    const bare = withoutText(asked);
    expect(bare.data).toEqual({ request: 'escalation', supplied: { reason: 'supplied' } });
    expect(withoutText(bare)).toEqual(bare);
  });
});
