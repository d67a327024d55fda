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
