import { describe, expect, it } from 'vitest';
import { parseEvents, refusal, toReceivedRecords } from './check-events.js';
import { readEventRequest } from './event-request.js';

const receivedAt = Date.parse('2026-03-02T09:30:00Z');
const created = (overrides: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: 'e1',
  source: 'desk',
  subject: 'T-1',
  type: 'ticket.created',
  time: '2026-03-02T09:29:00Z',
  data: {},
  ...overrides,
});
const structured = { 'content-type': 'application/cloudevents+json' };
const codeAndPath = (problem: { code: string; path: string }): string => `${problem.code} ${problem.path}`;

describe('readEventRequest', () => {
  it('reads binary mode: attributes from headers, percent-decoded, data from the body', () => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'ce-specversion': '1.0',
      'ce-id': 'e%2F1',
      'ce-source': 'desk',
      'ce-subject': '100%',
      'ce-type': 'ticket.created',
      'ce-time': '2026-03-02T09:29:00Z',
      'ce-traceparent': '00-1-2-01',
    };
    const { events, problems } = parseEvents(readEventRequest(headers, { subject: 'printer' }), receivedAt);
    expect(problems).toEqual([]);
    expect(events[0]).toMatchObject({ id: 'e/1', ticket: '100%', data: { subject: 'printer' } });
  });

  it('reads plain JSON as one event or a batch, whichever it looks like', () => {
    const headers = { 'content-type': 'application/json' };
    expect(readEventRequest(headers, created()).events.map((one) => one.pointer)).toEqual(['']);
    expect(readEventRequest(headers, [created(), created()]).events.map((one) => one.pointer)).toEqual(['/0', '/1']);
  });

  it.each([
    ['another JSON type', 'application/problem+json', {}, 'unsupported_media_type'],
    ['no type', undefined, {}, 'unsupported_media_type'],
    ['a batch that is no array', 'application/cloudevents-batch+json', {}, 'invalid_event'],
    ['a batch of 1,001', 'application/cloudevents-batch+json', Array(1_001).fill({}), 'batch_too_large'],
  ])('refuses %s', (_what, type, body, code) => {
    expect(() => readEventRequest({ 'content-type': type }, body)).toThrow(
      expect.objectContaining({ fields: expect.objectContaining({ code }) }),
    );
  });
});

describe('parseEvents', () => {
  it('takes an event up to 5 minutes ahead, and not a millisecond more', () => {
    const at = (time: string): unknown =>
      parseEvents(readEventRequest(structured, created({ time })), receivedAt).problems.map(codeAndPath);
    expect(at('2026-03-02T09:35:00Z')).toEqual([]);
    expect(at('2026-03-02T09:35:00.001Z')).toEqual(['future_event /time']);
  });

  it('takes a claim of the creation as far ahead, and not a millisecond more', () => {
    const claiming = (createdAt: string): unknown => {
      const event = created({ type: 'ticket.restored', data: { ticket: { createdAt } } });
      return parseEvents(readEventRequest(structured, event), receivedAt).problems.map(codeAndPath);
    };
    expect(claiming('2026-03-02T09:35:00Z')).toEqual([]);
    expect(claiming('2026-03-02T09:35:00.001Z')).toEqual(['future_event /data/ticket/createdAt']);
  });

  it('refuses ids that cannot be written as UTF-8', () => {
    const { problems } = parseEvents(
      readEventRequest(structured, created({ id: 'a\ud800', subject: 'b\udc00' })),
      receivedAt,
    );
    expect(problems.map(codeAndPath)).toEqual(['invalid_field /id', 'invalid_field /subject']);
  });

  it('finds the problems of every event of a batch, each at its place', () => {
    const events = [
      created(),
      7,
      created({ data: { nope: 1 } }),
      created({ type: 'ticket.exploded' }),
      created({ time: 'noon' }),
    ];
    const { problems } = parseEvents(readEventRequest({ 'content-type': 'application/json' }, events), receivedAt);
    expect(problems.map(codeAndPath)).toEqual([
      'not_a_cloud_event /1',
      'unknown_field /2/data/nope',
      'unknown_type /3/type',
      'invalid_field /4/time',
    ]);
  });
});

describe('toReceivedRecords', () => {
  const policies = {
    isPublished: (policy: string) => policy === 'gold',
    ofSource: (source: string) => `policy of ${source}`,
  };
  const records = (...values: object[]): ReturnType<typeof toReceivedRecords> => {
    const request = readEventRequest({ 'content-type': 'application/json' }, values);
    return toReceivedRecords(request, parseEvents(request, receivedAt).events, policies);
  };

  it("takes the policy a creation names, else the source's", () => {
    const later = created({ id: 'e2', type: 'ticket.restored' });
    const { records: received } = records(created({ data: { policy: 'gold' } }), created(), later);
    expect(received.map((record) => record.policy)).toEqual(['gold', 'policy of desk', 'policy of desk']);
    expect(received[0]).toMatchObject({ kind: 'event', event: { receivedAt, occurredAt: receivedAt - 60_000 } });
  });

  it('says where a policy is named that nobody published', () => {
    expect(records(created(), created({ data: { policy: 'tin' } })).problems.map(codeAndPath)).toEqual([
      'unknown_policy /1/data/policy',
    ]);
  });
});

describe('refusal', () => {
  const problem = (code: string): { code: string; path: string; detail: string } => ({ code, path: '', detail: '' });

  it('goes by a code that all problems share, where it is a telling one', () => {
    expect(refusal([problem('unknown_type'), problem('unknown_type')]).fields.code).toBe('unknown_type');
    expect(refusal([problem('future_event')]).fields.code).toBe('future_event');
    expect(refusal([problem('unknown_type'), problem('missing_field')]).fields.code).toBe('invalid_event');
    expect(refusal([problem('missing_field')]).fields.code).toBe('invalid_event');
  });

  it('lists no more than 100 problems', () => {
    const { fields } = refusal(Array.from({ length: 1_000 }, () => problem('missing_field')));
    expect(fields.problems).toHaveLength(100);
    expect(fields.detail).toContain('1000 problems');
  });
});
