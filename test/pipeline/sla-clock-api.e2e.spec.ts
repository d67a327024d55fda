import 'reflect-metadata';
import { formatInstant } from '@punctual/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
/** A Monday, 10:00 in Stockholm. */
const start = Date.parse('2026-03-02T09:00:00Z');
const source = 'https://desk.example/acme';
const path = (ticket: string): string => `/v1/tickets/${encodeURIComponent(source)}/${ticket}`;

let pipeline: Pipeline;
let now = start;

async function pass(minutes: number): Promise<void> {
  now = start + minutes * MINUTE;
  await pipeline.tick(now);
  await pipeline.settled();
}

beforeAll(async () => {
  pipeline = await Pipeline.start();
  for (const [ticket, minute, priority] of [
    ['Q-1', 0, 'normal'],
    ['Q-2', 1, 'urgent'],
    ['Q-3', 2, 'normal'],
  ] as const) {
    await pipeline.send(ticketEvents(source, ticket, start).created(minute, { priority }));
  }
  await pass(10);
});
afterAll(() => pipeline.stop());

describe('GET /v1/tickets/{source}/{id}', () => {
  it('answers with clocks whose stretches tile and sum', async () => {
    const { status, body } = await pipeline.get(path('Q-1'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ source, ticket: 'Q-1', policy: 'acme', priority: 'P2', coverage: { covered: true } });
    const clocks = body['clocks'] as {
      elapsedMs: number;
      explanation: { countedMs: number; from: string; to: string }[];
    }[];
    expect(clocks.length).toBe(2);
    for (const { elapsedMs, explanation } of clocks) {
      expect(explanation.reduce((sum, { countedMs }) => sum + countedMs, 0)).toBe(elapsedMs);
      expect(explanation[0]?.from).toBe(formatInstant(start));
      expect(explanation.at(-1)?.to).toBe(formatInstant(now));
    }
  });

  it('takes in what has not settled, says so, and stores none of it', async () => {
    const ticket = ticketEvents(source, 'Q-9', start);
    await pipeline.send(ticket.created(20, { priority: 'urgent' }));
    await pipeline.tick(start + 20 * MINUTE + 2_000);
    await pipeline.settled();
    const { body } = await pipeline.get(path('Q-9'));
    expect(body).toMatchObject({ provisional: true, priority: 'P1' });
    expect((body['clocks'] as unknown[]).length).toBe(2);
    expect(await pipeline.slaEvents(source, 'Q-9')).toEqual([]);
    await pass(21);
    expect((await pipeline.get(path('Q-9'))).body).toMatchObject({ provisional: false });
  });

  it('says what to check where there is no such ticket', async () => {
    const { status, body } = await pipeline.get(path('nothing'));
    expect([status, body['code']]).toEqual([404, 'unknown_ticket']);
    expect(body['detail']).toContain('percent-encoded');
    const answer = await fetch(`${pipeline.classifier?.url}${path('nothing')}/classification`);
    expect(answer.status).toBe(404);
  });
});

describe('GET /v1/tickets/{source}/{id}/explain', () => {
  it('says in a sentence where each clock stands, by stretches that add up, with the events that began them', async () => {
    const { status, body } = await pipeline.get(`${path('Q-1')}/explain`);
    expect(status).toBe(200);
    const clocks = body['clocks'] as {
      verdict: string;
      elapsedMs: number;
      segments: { countedMs: number; from: string; to: string; eventId: string | null; policyVersion: string }[];
    }[];
    const events = body['events'] as { id: string; text: string }[];
    expect(clocks.length).toBe(2);
    for (const { verdict, elapsedMs, segments } of clocks) {
      expect(verdict).toMatch(/^The (first response|resolution) \(\w+\) is due at \S+Z; .* of working time left\.$/);
      expect(segments.reduce((sum, { countedMs }) => sum + countedMs, 0)).toBe(elapsedMs);
      segments.slice(1).forEach(({ from }, index) => expect(from).toBe(segments[index]?.to));
      for (const { eventId, policyVersion } of segments) {
        expect(policyVersion).toBe(body['policyVersion']);
        if (eventId !== null) expect(events.map(({ id }) => id)).toContain(eventId);
      }
    }
    expect(events).toEqual([expect.objectContaining({ text: 'The requester opened the ticket' })]);
  });

  it('says what to check where there is no such ticket', async () => {
    const { status, body } = await pipeline.get(`${path('nothing')}/explain`);
    expect([status, body['code']]).toEqual([404, 'unknown_ticket']);
  });
});

describe('GET /v1/tickets/{source}/{id}/classification', () => {
  it('gives the decisions with their reasons', async () => {
    const answer = await fetch(`${pipeline.classifier?.url}${path('Q-2')}/classification`);
    const body = (await answer.json()) as { decisions: unknown[] };
    expect(body).toMatchObject({ policy: 'acme', priority: 'P1', revision: 1 });
    expect(body.decisions[0]).toMatchObject({ outcome: 'effective', by: 'requester', priority: 'P1' });
    expect(JSON.stringify(body)).not.toContain('Help');
  });
});

describe('GET /v1/clocks', () => {
  it('pages through all of them once, in the order of their deadlines', async () => {
    const seen: { ticket: string; promise: string; dueAt: string | null }[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await pipeline.get(`/v1/clocks?state=running&limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...(body['clocks'] as typeof seen));
      cursor = body['next'] as string | null;
    } while (cursor !== null);
    const dues = seen.map(({ dueAt }) => dueAt ?? '9');
    expect(dues).toEqual([...dues].sort());
    expect(new Set(seen.map(({ ticket, promise }) => `${ticket} ${promise}`)).size).toBe(seen.length);
    expect(seen.length).toBe(8);
  });

  it('counts what runs up to the time its partition has come to, not to its last change', async () => {
    const { body } = await pipeline.get('/v1/clocks?state=running&target=first_response');
    const clocks = body['clocks'] as {
      startedAt: string;
      asOf: string;
      elapsedMs: number;
      remainingMs: number;
      dueAt: string;
    }[];
    expect(clocks.length).toBe(4);
    for (const { startedAt, asOf, elapsedMs, remainingMs, dueAt } of clocks) {
      expect(asOf).toBe(formatInstant(now - 5_000));
      expect(elapsedMs).toBe(Date.parse(asOf) - Date.parse(startedAt));
      expect(remainingMs).toBe(Date.parse(dueAt) - Date.parse(asOf));
    }
  });

  it('filters, and marks what is overdue beyond the watermark', async () => {
    pipeline.clock.set(start + 62 * MINUTE);
    const query = `state=running&target=first_response&priority=P1&policy=acme&source=${encodeURIComponent(source)}`;
    const { body } = await pipeline.get(`/v1/clocks?${query}`);
    pipeline.clock.set(now);
    expect(body['clocks']).toMatchObject([
      { ticket: 'Q-2', overdue_unconfirmed: true, outcome: 'running' },
      { ticket: 'Q-9', overdue_unconfirmed: false },
    ]);
  });

  it.each([
    ['state=asleep', '/state'],
    ['limit=0', '/limit'],
    ['cursor=nonsense', '/cursor'],
    ['statex=running', '/statex'],
    ['state=running&state=paused', '/state'],
  ])('refuses ?%s', async (query, where) => {
    const { status, body } = await pipeline.get(`/v1/clocks?${query}`);
    expect([status, body['code']]).toEqual([400, 'invalid_query']);
    expect(body['problems']).toMatchObject([{ path: where }]);
  });
});

describe('GET /v1/queue', () => {
  it('ranks open tickets in the policy’s order', async () => {
    const { body } = await pipeline.get('/v1/queue?policy=acme&limit=3');
    const tickets = body['tickets'] as { ticket: string; rank: number; priority: string }[];
    expect(body['open']).toBe(4);
    expect(tickets.map(({ rank }) => rank)).toEqual([1, 2, 3]);
    expect(tickets.map(({ ticket }) => ticket)).toEqual(['Q-2', 'Q-9', 'Q-1']);
  });

  it('knows which policies there are', async () => {
    const { status, body } = await pipeline.get('/v1/queue?policy=acmee');
    expect([status, body['code']]).toEqual([404, 'unknown_policy']);
    expect(body['detail']).toContain('acme');
  });
});

describe('GET /v1/attainment and the metrics', () => {
  it('count the same verdicts', async () => {
    await pipeline.send(ticketEvents(source, 'Q-2', start).agent(30));
    await pass(130);
    const { body } = await pipeline.get('/v1/attainment?policy=acme');
    const rows = (body['rows'] as Record<string, unknown>[]).filter(({ target }) => target === 'first_response');
    expect(rows).toMatchObject([
      { priority: 'P1', kept: 1, breached: 1, attainment: 0.5 },
      { priority: 'P2', kept: 0, breached: 2, attainment: 0 },
    ]);
    const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
    const labels = 'policy="acme",target="first_response",priority="P1",commitment="guaranteed"';
    expect(metrics).toContain(`punctual_sla_total{${labels},outcome="met",service="sla-clock"} 1`);
    expect(metrics).toContain(`punctual_sla_total{${labels},outcome="breached",service="sla-clock"} 1`);
    expect(
      (await pipeline.get('/v1/attainment?policy=acme&from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z')).status,
    ).toBe(400);
  });
});

describe('a waiver', () => {
  const firstResponses = async () => {
    const { body } = await pipeline.get('/v1/attainment?policy=acme');
    return (body['rows'] as Record<string, unknown>[]).find(
      ({ target, priority }) => target === 'first_response' && priority === 'P1',
    );
  };

  it('takes a breach out of attainment without deleting it, until it is withdrawn', async () => {
    const { body } = await pipeline.get('/v1/clocks?state=breached&target=first_response&priority=P1&policy=acme');
    const [broken] = body['clocks'] as { ticket: string; promise: string; cycle: number }[];
    if (!broken) throw new Error('no first response is broken');
    const { ticket, promise, cycle } = broken;
    const { make } = ticketEvents(source, ticket, start);
    const actor = { role: 'agent', id: 'lead-1' };
    await pipeline.send(make('ticket.waiver.granted', 131, { promise, cycle, actor, reason: 'carrier' }, 'waive'));
    await pass(132);
    expect(await firstResponses()).toMatchObject({ kept: 1, breached: 0, waived: 1, attainment: 1 });
    const view = await pipeline.get(`/v1/tickets/${encodeURIComponent(source)}/${ticket}`);
    const clocks = view.body['clocks'] as Record<string, unknown>[];
    expect(clocks.find((clock) => clock['promise'] === promise)).toMatchObject({
      outcome: 'breached',
      waived: true,
      waiver: { eventId: 'waive', by: actor, reason: 'carrier' },
    });
    const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
    const labels = 'policy="acme",target="first_response",priority="P1",commitment="guaranteed"';
    expect(metrics).toContain(`punctual_sla_total{${labels},outcome="waived",service="sla-clock"} 1`);
    await pipeline.send(make('ticket.waiver.withdrawn', 133, { waiver: 'waive', actor }, 'unwaive'));
    await pass(134);
    expect(await firstResponses()).toMatchObject({ kept: 1, breached: 1, waived: 0, attainment: 0.5 });
  });
});

describe('an escalation', () => {
  const ticket = ticketEvents(source, 'X-1', start);
  const lead = { role: 'agent', id: 'lead-1' };
  const escalations = async () => (await pipeline.get(path('X-1'))).body['escalations'] as Record<string, unknown>[];
  const saidOf = async () =>
    (await pipeline.slaEvents(source, 'X-1')).filter(({ type }) => type.startsWith('sla.escalation.'));

  it('is acknowledged and resolved by events at intake, and says so once', async () => {
    await pipeline.send(
      ticket.created(150, { priority: 'normal' }),
      ticket.make('ticket.request.made', 151, { request: 'escalation' }, 'asks'),
    );
    await pass(152);
    const [raised] = await escalations();
    expect(raised).toMatchObject({ standing: 'raised', request: 'asks', acknowledged: null, resolved: null });
    const escalation = raised?.['id'];
    const acknowledged = ticket.make('ticket.escalation.acknowledged', 153, { escalation, actor: lead }, 'takes-up');
    const named = { request: 'asks', actor: lead, resources: [{ who: 'databases', what: 'an engineer' }] };
    const resolved = ticket.make('ticket.escalation.resolved', 154, named, 'settles');
    await pipeline.send(resolved, acknowledged, resolved);
    await pass(155);
    expect((await saidOf()).map(({ type }) => type)).toEqual([
      'sla.escalation.raised',
      'sla.escalation.acknowledged',
      'sla.escalation.resolved',
    ]);
    expect((await saidOf())[0]?.id).toBe(escalation);
    expect((await saidOf())[2]).toMatchObject({
      cause: 'settles',
      mode: 'live',
      reason: 'Resolved by agent lead-1: with databases (an engineer)',
      escalation: { raised: escalation, by: lead, resources: named.resources },
    });
    expect(await escalations()).toMatchObject([
      {
        id: escalation,
        standing: 'resolved',
        acknowledged: { eventId: 'takes-up', at: formatInstant(start + 153 * MINUTE), by: lead },
        resolved: { eventId: 'settles', resources: named.resources },
      },
    ]);
    const { body } = await pipeline.get(`${path('X-1')}/explain`);
    expect(body['escalations']).toEqual(await escalations());
    expect((body['events'] as { id: string }[]).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['asks', 'takes-up', 'settles']),
    );
  });

  it('that turns out never to have been asked for is withdrawn with its answers', async () => {
    // Merged away before it was asked for: what comes after is ignored.
    await pipeline.send(ticket.make('ticket.merged', 150.5, { into: 'Q-1', transfer: false }, 'merges'));
    await pass(156);
    const said = await saidOf();
    const withdrawn = said.filter(({ type }) => type === 'sla.escalation.withdrawn');
    expect(withdrawn.map(({ corrects }) => corrects).sort()).toEqual(
      said.flatMap(({ id, type }) => (type === 'sla.escalation.withdrawn' ? [] : [id])).sort(),
    );
    expect(withdrawn.map(({ cause, reasonCode }) => [cause, reasonCode])).toEqual(
      Array.from({ length: 3 }, () => ['merges', 'late_evidence']),
    );
    expect(await escalations()).toEqual([]);
    await pipeline.send(ticket.make('ticket.restored', 150.6, {}, 'restores'));
    await pass(157);
    expect(await escalations()).toMatchObject([{ standing: 'resolved' }]);
    const again = (await saidOf()).slice(-3);
    expect(again.map(({ type }) => type)).toEqual(said.slice(0, 3).map(({ type }) => type));
    expect(again[1]?.escalation?.raised).toBe(again[0]?.id);
    expect(new Set((await saidOf()).map(({ id }) => id)).size).toBe(9);
  });
});

describe('the gauge of open escalations', () => {
  const one = ticketEvents(source, 'X-2', start);
  const other = ticketEvents(source, 'X-3', start);
  const past = ticketEvents('archive', 'X-4', start);
  const actor = { role: 'agent', id: 'lead-1' };
  const asks = (ticket: ReturnType<typeof ticketEvents>, minute: number) =>
    ticket.make('ticket.request.made', minute, { request: 'escalation' });

  async function open(): Promise<string[]> {
    const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
    return metrics.split('\n').filter((line) => line.startsWith('punctual_open_escalations{'));
  }
  const series = (state: string, n: number): string =>
    `punctual_open_escalations{policy="acme",state="${state}",service="sla-clock"} ${n}`;

  it('counts what waits for people by policy and state, and names nobody', async () => {
    expect(await open()).toEqual([]);
    await pipeline.send(one.created(160), asks(one, 161), other.created(160), asks(other, 161));
    await pass(162);
    expect(await open()).toEqual([series('raised', 2)]);
    await pipeline.send(one.make('ticket.escalation.acknowledged', 163, { actor }));
    await pass(164);
    expect(await open()).toEqual([series('acknowledged', 1), series('raised', 1)]);
    await pipeline.send(one.make('ticket.escalation.resolved', 165, { actor, reason: 'The customer was called' }));
    await pass(166);
    expect(await open()).toEqual([series('raised', 1)]);
  });

  it('counts none of a ticket that is over, and none of the past', async () => {
    await pipeline.send(other.status(167, 'closed'));
    await pass(168);
    expect(await open()).toEqual([]);
    await pipeline.tick(start + 169 * MINUTE, { archive: { at: start + 150 * MINUTE, mode: 'historical' } });
    await pipeline.send(past.created(151), asks(past, 152));
    await pipeline.tick(start + 170 * MINUTE, { archive: { at: start + 165 * MINUTE, mode: 'historical' } });
    await pipeline.settled();
    expect((await pipeline.slaEvents('archive', 'X-4')).map(({ type }) => type)).toContain('sla.escalation.raised');
    expect(await open()).toEqual([]);
  });
});

describe('GET /v1/events', () => {
  it('tells what is published, and resumes after the last event a client has', async () => {
    const first = await open('?types=sla.clock.met,sla.clock.started');
    const ticket = ticketEvents(source, 'E-1', start);
    await pipeline.send(ticket.created(140), ticket.agent(141));
    await pass(142);
    const started = await first.next(3);
    expect(started.map(({ event }) => event)).toEqual(['sla.clock.started', 'sla.clock.started', 'sla.clock.met']);
    expect(started[2]?.data).toMatchObject({ ticket: 'E-1', at: formatInstant(start + 141 * MINUTE) });
    first.close();
    const resumed = await open('', started[1]?.id);
    expect((await resumed.next(1))[0]?.data).toMatchObject({ type: 'sla.clock.met', ticket: 'E-1' });
    resumed.close();
    const everything = await open('?after=start&mode=live');
    const all = await everything.next(20);
    expect(new Set(all.map(({ data }) => data['id'])).size).toBe(20);
    everything.close();
  });

  it('refuses an id that is none', async () => {
    expect((await pipeline.get('/v1/events?after=yesterday')).body).toMatchObject({ code: 'invalid_query' });
  });

  it('ends its streams when the service stops', async () => {
    const stream = await open('');
    await pipeline.stopServices();
    await stream.ended;
    await pipeline.startServices();
  });
});

describe('GET /openapi.json and the health checks', () => {
  it('are there', async () => {
    const { body } = await pipeline.get('/openapi.json');
    expect(Object.keys(body['paths'] as object).sort()).toEqual([
      '/v1/attainment',
      '/v1/clocks',
      '/v1/events',
      '/v1/policies/{policy}/desk',
      '/v1/policies/{policy}/preview',
      '/v1/policies/{policy}/walk',
      '/v1/queue',
      '/v1/tickets/{source}/{ticket}',
      '/v1/tickets/{source}/{ticket}/explain',
      '/v1/what-if',
    ]);
    expect((await pipeline.get('/health/ready')).status).toBe(200);
  });
});

interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A client of the event stream. */
async function open(query: string, lastEventId?: string) {
  const abort = new AbortController();
  const answer = await fetch(`${pipeline.url}/v1/events${query}`, {
    signal: abort.signal,
    headers: lastEventId ? { 'last-event-id': lastEventId } : {},
  });
  if (!answer.body) throw new Error(`no stream: ${answer.status}`);
  const messages: Message[] = [];
  const waiting: (() => void)[] = [];
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
        if (fields['data'])
          messages.push({ id: fields['id'], event: fields['event'], data: JSON.parse(fields['data']) });
      }
      for (const wake of waiting.splice(0)) wake();
    }
  };
  const ended = read(answer.body).catch(() => undefined);
  return {
    ended,
    close: () => abort.abort(),
    async next(count: number): Promise<Message[]> {
      while (messages.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return messages.splice(0, count);
    },
  };
}
