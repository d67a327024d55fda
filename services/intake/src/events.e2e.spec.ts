import { ticketPartition, type ReceivedRecord } from '@punctual/contracts';
import type { LogRecord } from '@punctual/stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, NOON, PARTITIONS, runIntake, type RunningIntake } from './running-intake.spec-kit.js';

let running: RunningIntake;
beforeAll(async () => {
  running = await runIntake();
});
afterAll(() => running.stop());

const batchType = { 'content-type': 'application/cloudevents-batch+json' };
const eventType = { 'content-type': 'application/cloudevents+json' };

async function events(): Promise<readonly (LogRecord & { value: ReceivedRecord })[]> {
  const all = (await running.received()) as (LogRecord & { value: ReceivedRecord })[];
  return all.filter((record) => record.value.kind === 'event');
}

async function eventOf(id: string): Promise<(LogRecord & { value: ReceivedRecord }) | undefined> {
  return (await events()).find((record) => record.value.event.id === id);
}

describe('POST /v1/events', () => {
  it('answers 202 when the event stands in the log', async () => {
    const partition = ticketPartition('desk', 'T-1', PARTITIONS);
    const answer = await running.send('POST', '/v1/events', created('one'), eventType);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ accepted: 1, events: [{ id: 'one', source: 'desk', subject: 'T-1', partition }] });
    expect(await eventOf('one')).toMatchObject({
      partition,
      key: 'desk/T-1',
      value: {
        kind: 'event',
        policy: 'rewst',
        event: { id: 'one', ticket: 'T-1', receivedAt: NOON, occurredAt: NOON - 60_000, data: { origin: 'requester' } },
      },
    });
  });

  it('takes binary mode', async () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': 'binary',
      'ce-source': 'desk',
      'ce-subject': 'T-2',
      'ce-type': 'ticket.status.changed',
      'ce-time': '2026-03-02T11:59:30+01:00',
      'ce-sequence': '42',
    };
    const body = { status: { name: 'Solved', category: 'solved' } };
    expect((await running.send('POST', '/v1/events', body, headers)).status).toBe(202);
    const expected = { sequence: 42, occurredAt: Date.parse('2026-03-02T10:59:30Z'), data: body };
    expect((await eventOf('binary'))?.value.event).toMatchObject(expected);
  });

  it('takes a batch in its order', async () => {
    const batch = [1, 2, 3].map((n) => created(`batch-${n}`, { subject: 'T-3' }));
    const answer = await running.send('POST', '/v1/events', batch, batchType);
    expect([answer.status, answer.body['accepted']]).toEqual([202, 3]);
    const ids = (await events()).map((record) => record.value.event.id).filter((id) => id.startsWith('batch-'));
    expect(ids).toEqual(['batch-1', 'batch-2', 'batch-3']);
  });

  it('takes all of a batch or none, and says where it is wrong', async () => {
    const batch = [
      created('torn-0'),
      created('torn-1'),
      created('torn-2'),
      created('torn-3', { type: 'ticket.message.added', data: { actor: { role: 'boss' }, colour: 'red' } }),
    ];
    const answer = await running.send('POST', '/v1/events', batch, batchType);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'invalid_event',
      problems: [
        { code: 'invalid_field', path: '/3/data/actor/role' },
        { code: 'unknown_field', path: '/3/data/colour' },
      ],
    });
    expect(await eventOf('torn-0')).toBeUndefined();
  });

  it('answers a second delivery like the first', async () => {
    const first = await running.send('POST', '/v1/events', created('again'), eventType);
    const second = await running.send('POST', '/v1/events', created('again'), eventType);
    expect(second).toMatchObject({ status: first.status, body: first.body });
  });

  it.each<[string, unknown, Record<string, string>, number, string, unknown]>([
    ['JSON cut off', '{"id": ', eventType, 400, 'malformed_json', undefined],
    ['another type', 'hello', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type', undefined],
    ['another JSON type', {}, { 'content-type': 'application/problem+json' }, 415, 'unsupported_media_type', undefined],
    [
      'a body over 1 MiB',
      created('x', { data: { body: 'x'.repeat(1_048_576) } }),
      eventType,
      413,
      'body_too_large',
      undefined,
    ],
    ['1,001 events', Array.from({ length: 1_001 }, () => 0), batchType, 413, 'batch_too_large', undefined],
    [
      'no subject',
      created('x', { subject: undefined }),
      eventType,
      422,
      'invalid_event',
      [{ code: 'missing_field', path: '/subject' }],
    ],
    ['an unknown type', created('x', { type: 'ticket.lost' }), eventType, 422, 'unknown_type', [{ path: '/type' }]],
    [
      'the far future',
      created('x', { time: '2026-03-02T12:05:00.001Z' }),
      eventType,
      422,
      'future_event',
      [{ path: '/time' }],
    ],
    ['no zone', created('x', { time: '2026-03-02T12:00:00' }), eventType, 422, 'invalid_event', [{ path: '/time' }]],
    [
      'an unknown policy',
      created('x', { data: { policy: 'tin' } }),
      eventType,
      422,
      'unknown_policy',
      [{ path: '/data/policy' }],
    ],
    ['a number', '7', eventType, 422, 'invalid_event', [{ code: 'not_a_cloud_event', path: '' }]],
  ])('refuses %s', async (_what, body, headers, status, code, problems) => {
    const before = (await events()).length;
    const answer = await running.send('POST', '/v1/events', body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code, ...(problems === undefined ? {} : { problems }) });
    expect(await events()).toHaveLength(before);
  });

  it("gives a ticket the policy it names, else its source's", async () => {
    expect((await running.send('PUT', '/v1/sources/acme', { policy: 'rego' })).status).toBe(200);
    await running.send('POST', '/v1/events', [
      created('p-1', { source: 'acme', data: { policy: 'cloudtalk' } }),
      created('p-2', { source: 'acme', subject: 'T-9' }),
    ]);
    expect((await eventOf('p-1'))?.value.policy).toBe('cloudtalk');
    expect((await eventOf('p-2'))?.value.policy).toBe('rego');
  });

  it('counts events by type and result, and tells no source', async () => {
    const text = await (await fetch(`${running.intake.url}/metrics`)).text();
    expect(text).toMatch(
      /punctual_intake_events_total\{type="ticket\.created",result="accepted",service="intake"\} [1-9]/,
    );
    expect(text).toMatch(/punctual_intake_events_total\{type="unknown",result="rejected",service="intake"\} [1-9]/);
    expect(text).not.toContain('desk');
  });

  it('describes every path it has', async () => {
    const { body } = await running.send('GET', '/openapi.json');
    expect(Object.keys(body['paths'] as object).sort()).toEqual([
      '/v1/events',
      '/v1/policies',
      '/v1/policies/{id}',
      '/v1/policies/{id}/staffing',
      '/v1/policies/{id}/surges',
      '/v1/sources',
      '/v1/sources/{source}',
      '/v1/sources/{source}/progress',
      '/v1/sources/{source}/sessions',
      '/v1/sources/{source}/sessions/end',
    ]);
  });
});

describe('with tokens', () => {
  const token = 'a-token-of-some-length';
  let guarded: RunningIntake;
  beforeAll(async () => {
    guarded = await runIntake({ INTAKE_TOKENS: `another-token-123456,${token}` });
  });
  afterAll(() => guarded.stop());

  it('takes nothing without one of them', async () => {
    const bare = await guarded.send('POST', '/v1/events', created('one'));
    expect([bare.status, bare.body['code']]).toEqual([401, 'unauthorized']);
    expect(bare.headers.get('www-authenticate')).toContain('Bearer');
    for (const [method, path] of [
      ['GET', '/v1/sources'],
      ['PUT', '/v1/policies/x'],
      ['POST', '/v1/sources/desk/sessions'],
    ] as const) {
      expect((await guarded.send(method, path)).status).toBe(401);
    }
    const wrong = await guarded.send('POST', '/v1/events', created('one'), {
      authorization: 'Bearer wrong-token-0123456',
    });
    expect(wrong.status).toBe(401);
  });

  it('takes events with one, and leaves probes open', async () => {
    const answer = await guarded.send('POST', '/v1/events', created('one'), { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(202);
    expect((await guarded.send('GET', '/health/ready')).status).toBe(200);
  });
});

describe('while the log is down', () => {
  it('answers 503 with Retry-After, also for policies, and loses no announcement', async () => {
    const down = await runIntake();
    await down.log.close();
    const answer = await down.send('POST', '/v1/events', created('one'), eventType);
    expect([answer.status, answer.body['code']]).toEqual([503, 'log_unavailable']);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(JSON.stringify(answer.body)).not.toContain('closed');
    expect(await down.intake.tick()).toBe('failed');
    await down.stop();
  });
});
