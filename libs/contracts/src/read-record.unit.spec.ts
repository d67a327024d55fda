import { describe, expect, it } from 'vitest';
import { readClassified, readReceived } from './read-record.js';

const event = {
  id: 'e-1',
  source: 'desk',
  ticket: 'T-1',
  occurredAt: 1_767_600_000_000,
  receivedAt: null,
  sequence: -1,
  type: 'ticket.restored',
  data: {},
};
const decided = { policy: 'rego', revision: 1, priorityHistory: [], coverageHistory: [] };
const about = { source: 'desk', ticket: 'T-1' };
const surge = {
  kind: 'surge',
  policy: 'rego',
  id: 's-1',
  state: 'started',
  at: 1,
  by: null,
  reason: 'outage',
  speaks: true,
};

const whole: readonly [name: string, value: unknown][] = [
  ['an event', { kind: 'event', event, ...decided }],
  ['a watermark', { kind: 'watermark', at: 1, sources: {} }],
  ['a version that takes effect', { kind: 'config', policy: 'rego', version: 'v', at: 1 }],
  ['a dead letter', { kind: 'dead_letter', letter: 'tickets.received/0/7', state: 'open', ...about }],
  ['a release', { kind: 'release', ...about }],
  ['an erasure', { kind: 'forget', requestId: 'r-1', at: 1, ...about }],
  ['what was erased', { kind: 'forgotten' }],
  ['a surge', surge],
];

const broken: readonly [what: string, value: unknown][] = [
  ['it is not an object', null],
  ['it is not an object', [1]],
  ['it is of no known kind', { kind: 'toString' }],
  ['it is of no known kind', {}],
  ['a watermark needs a time', { kind: 'watermark', at: 1.5, sources: {} }],
  ['a watermark needs its sources', { kind: 'watermark', at: 1, sources: [] }],
  ['it names no ticket', { kind: 'release', source: 'desk' }],
  ['it names no ticket', { kind: 'dead_letter', ticket: 'T-1' }],
  ['it names no ticket', { kind: 'forget', requestId: 'r-1', at: 1 }],
  ['it names no request', { kind: 'forget', ...about, at: 1 }],
  ['a surge needs its reason', { ...surge, reason: null }],
  ['a surge starts or ends', { ...surge, state: 'paused' }],
  ['a surge needs a time', { ...surge, at: '1' }],
  ['an event record needs an event', { kind: 'event', ...decided }],
  ['its event has no usable id', { kind: 'event', event: { ...event, id: '' }, ...decided }],
  ['its event has no usable ticket', { kind: 'event', event: { ...event, ticket: 'T\u0000' }, ...decided }],
  ['its event is of no known type', { kind: 'event', event: { ...event, type: 'ticket.lost' }, ...decided }],
  ['its event has no time', { kind: 'event', event: { ...event, occurredAt: null }, ...decided }],
  ['its event is incomplete', { kind: 'event', event: { ...event, data: null }, ...decided }],
  ['it names no policy', { kind: 'event', event, ...decided, policy: undefined }],
];

describe.each([
  ['tickets.received', readReceived],
  ['tickets.classified', readClassified],
] as const)('a record of %s', (_topic, read) => {
  it.each(whole)('is read where it is %s', (_name, value) => {
    expect(read({ value })).toBe(value);
  });

  it.each(broken)('is refused: %s', (what, value) => {
    expect(read({ value })).toEqual({ kind: 'invalid', what });
  });

  it('is refused where it is no JSON', () => {
    expect(read({ value: null, malformed: '{' })).toEqual({ kind: 'invalid', what: 'it is not JSON' });
  });
});

describe('decisions', () => {
  it('come with what is classified, and are not asked of what is received', () => {
    const value = { kind: 'event', event, policy: 'rego' };
    expect(readReceived({ value })).toBe(value);
    expect(readClassified({ value })).toEqual({ kind: 'invalid', what: 'it names no revision' });
    expect(readClassified({ value: { ...value, revision: 1, priorityHistory: [] } })).toEqual({
      kind: 'invalid',
      what: 'it has no decisions',
    });
  });
});
