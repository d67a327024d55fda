import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { formatInstant, withoutText, type TicketEvent } from '@punctual/contracts';
import { decidePriorities, toPriorityInput } from '@punctual/classification';
import { compilePolicy, loadPolicy, resolvePolicy, type ResolvedPolicy } from '@punctual/policy';
import { foldTicket, type PublicationMode } from '@punctual/sla-engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
const at = start + 55 * MINUTE;
const source = 'https://desk.example/acme';
const acme = readFileSync(new URL('./acme.policy.yaml', import.meta.url), 'utf8');
/** P1 is promised more time for a first response, P2 less. */
const next = acme
  .replace('{ priority: P1, within: 1h }', '{ priority: P1, within: 3h }')
  .replace('{ priority: P2, within: 2h }', '{ priority: P2, within: 20m }');
const histories: ReadonlyMap<string, readonly TicketEvent[]> = new Map([
  ['R-1', [ticketEvents(source, 'R-1', start).created(0, { priority: 'urgent' })]],
  ['R-2', [ticketEvents(source, 'R-2', start).created(30)]],
  ['R-3', [ticketEvents(source, 'R-3', start).created(5), ticketEvents(source, 'R-3', start).status(6, 'solved')]],
]);
let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await Pipeline.start();
  await pipeline.send(...[...histories.values()].flat());
  await pipeline.tick(start + 50 * MINUTE);
  await pipeline.settled();
});
afterAll(() => pipeline.stop());

interface ShownClock {
  readonly promise: string;
  readonly cycle: number;
  readonly outcome: string;
  readonly dueAt: string | null;
  readonly breachedAt: string | null;
  readonly stoppedAt: string | null;
}

interface Change {
  readonly ticket: string;
  readonly b: ShownClock;
}

async function preview(yaml: string, query = '', request: { policy?: string; type?: string; url?: string } = {}) {
  const { policy = 'acme', type = 'application/yaml', url = pipeline.url } = request;
  const headers = { 'content-type': type };
  const path = `${url}/v1/policies/${policy}/preview${query}`;
  const answer = await fetch(path, { method: 'POST', headers, body: yaml });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function resolved(text: string): ResolvedPolicy {
  const { document, diagnostics } = loadPolicy(text, 'policy.yaml');
  if (document === null) throw new Error(JSON.stringify(diagnostics));
  return resolvePolicy(document);
}

/** By the definition: the ticket folded under both publications, just after the second took effect. */
function clocksUnder(ticket: string, mode: PublicationMode) {
  const events = histories.get(ticket) ?? [];
  const { priorityHistory, coverageHistory } = decidePriorities(
    events.flatMap((event) => toPriorityInput(event) ?? []),
    pipeline.policy,
  );
  const publications = [
    { effectiveAt: 0, mode: 'pin' as const, policy: pipeline.policy },
    { effectiveAt: at, mode, policy: compilePolicy(resolved(next)) },
  ];
  const history = { events: events.map(withoutText), priorityHistory, coverageHistory };
  return foldTicket({ source, ticket }, history, { publications }, { eventsUpTo: at, duesBefore: at + 1 }).clocks;
}

describe('the preview of a publication', () => {
  it('says what a correction moves, breaks and names', async () => {
    const { status, body } = await preview(next, `?mode=retroactive&effectiveAt=${formatInstant(at)}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'new',
      version: resolved(next).version,
      effectiveAt: formatInstant(at),
      tickets: { lookedAt: 2, concerned: 2, touched: 2, notYet: 0 },
      clocks: {
        lookedAt: 4,
        touched: 2,
        dueEarlier: { clocks: 1, medianMs: 100 * MINUTE, mostMs: 100 * MINUTE },
        dueLater: { clocks: 1, medianMs: 120 * MINUTE, mostMs: 120 * MINUTE },
        newlyBreached: 1,
        breachesTakenBack: 0,
        cancelled: 0,
        started: 0,
      },
      more: 0,
    });
    expect(body['changes']).toMatchObject([
      {
        ticket: 'R-2',
        kinds: ['becomes_late', 'due_earlier'],
        a: { dueAt: '2026-03-02T11:30:00.000Z' },
        b: { dueAt: '2026-03-02T09:50:00.000Z', breachedAt: '2026-03-02T09:50:00.000Z' },
      },
      { ticket: 'R-1', kinds: ['due_later'], b: { dueAt: '2026-03-02T12:00:00.000Z' } },
    ]);
  });

  it('breaks no promise before a change, and leaves pinned tickets alone', async () => {
    const change = await preview(next, `?mode=from-now&effectiveAt=${formatInstant(at)}`);
    expect(change.body['changes']).toMatchObject([
      { ticket: 'R-2', b: { dueAt: formatInstant(at), breachedAt: formatInstant(at) } },
      { ticket: 'R-1', b: { dueAt: '2026-03-02T12:00:00.000Z', breachedAt: null } },
    ]);
    const pinned = await preview(next);
    expect(pinned.body).toMatchObject({ mode: 'pin', tickets: { lookedAt: 2, touched: 0 }, clocks: { touched: 0 } });
  });

  it.each(['from-now', 'retroactive'] as const)('names clocks as the definition has them: %s', async (mode) => {
    const { body } = await preview(next, `?mode=${mode}&effectiveAt=${formatInstant(at)}`);
    const changes = body['changes'] as readonly Change[];
    expect(changes).toHaveLength(2);
    for (const { ticket, b } of changes) {
      const defined = clocksUnder(ticket, mode).find(
        ({ promise, cycle }) => promise === b.promise && cycle === b.cycle,
      );
      const text = (instant: number | null | undefined): string | null => (instant ? formatInstant(instant) : null);
      expect(b).toMatchObject({
        dueAt: text(defined?.dueAt),
        breachedAt: text(defined?.breachedAt),
        outcome: defined?.outcome,
      });
    }
  });

  it('counts what a version no longer promises, and what it promises newly', async () => {
    const renamed = acme.replace('id: solution', 'id: repair');
    const { body } = await preview(renamed, `?mode=from-now&effectiveAt=${formatInstant(at)}`);
    expect(body['clocks']).toMatchObject({ lookedAt: 4, touched: 4, cancelled: 2, started: 2 });
  });

  it('lists as many changes as asked, the most important first', async () => {
    const { body } = await preview(next, `?mode=retroactive&effectiveAt=${formatInstant(at)}&most=1`);
    expect(body).toMatchObject({ changes: [{ ticket: 'R-2' }], more: 1 });
  });

  it('looks at no more tickets than it may, and says how many there are', async () => {
    await pipeline.besideAnother(
      async ({ url }) => {
        const { body } = await preview(next, `?mode=retroactive&effectiveAt=${formatInstant(at)}`, { url });
        expect(body).toMatchObject({ tickets: { lookedAt: 1, concerned: 2, touched: 1 }, clocks: { lookedAt: 2 } });
        expect(body['changes']).toHaveLength(1);
      },
      { WHAT_IF_TICKETS: '1' },
    );
  });

  it('knows the version that is there already, and a policy of which there is none', async () => {
    expect((await preview(acme, '?mode=retroactive')).body).toMatchObject({
      status: 'unchanged',
      clocks: { touched: 0 },
    });
    const other = acme.replace('id: acme', 'id: other');
    expect((await preview(other, '', { policy: 'other' })).body).toMatchObject({
      status: 'first',
      tickets: { lookedAt: 0 },
    });
  });

  it('leaves tickets of a historical session whose time has not come to the instant', async () => {
    const history = 'https://desk.example/past';
    await pipeline.send(ticketEvents(history, 'H-1', start).created(0, { priority: 'urgent' }));
    await pipeline.tick(start + 51 * MINUTE, { [history]: { at: start + 10 * MINUTE, mode: 'historical' } });
    await pipeline.settled();
    const { body } = await preview(next, `?mode=retroactive&effectiveAt=${formatInstant(at)}`);
    expect(body).toMatchObject({
      tickets: { lookedAt: 3, concerned: 3, touched: 2, notYet: 1 },
      clocks: { touched: 2 },
    });
  });
});

describe('a preview that cannot be', () => {
  it('names the line and column of an error', async () => {
    const { status, body } = await preview(acme.replace('target: first_response', 'target: first_respons'));
    expect([status, body['code']]).toEqual([422, 'invalid_policy']);
    expect(body['problems']).toMatchObject([{ line: 17, column: 13 }]);
  });

  it('refuses two ids for one policy', async () => {
    expect(await preview(acme, '', { policy: 'other' })).toMatchObject({
      status: 422,
      body: { code: 'policy_id_mismatch' },
    });
  });

  it('refuses what is no YAML', async () => {
    expect(await preview('{}', '', { type: 'application/json' })).toMatchObject({ status: 415 });
  });

  it.each([
    ['?mode=later', '/mode', 'expected pin, from-now, retroactive'],
    ['?effectiveAt=tomorrow', '/effectiveAt', 'expected a date-time with an offset, such as 2026-03-02T09:30:00Z'],
    ['?until=now', '/until', 'there is no such parameter here'],
    [
      '?effectiveAt=2036-01-01T00:00:00Z',
      '/effectiveAt',
      'a preview looks at most 400 days ahead, up to 2027-04-06T09:51:00.000Z; any instant of the past will do',
    ],
  ])('refuses %s', async (query, path, detail) => {
    const { status, body } = await preview(next, query);
    expect([status, body['code']]).toEqual([400, 'invalid_query']);
    expect(body['problems']).toMatchObject([{ path, detail }]);
  });

  it('takes an instant before everything: then the version is that of the creation', async () => {
    const { status, body } = await preview(next, '?mode=pin&effectiveAt=1990-01-01T00:00:00Z');
    expect(status).toBe(200);
    expect(body['clocks']).toMatchObject({ touched: 4, newlyBreached: 1 });
    expect(body['tickets']).toMatchObject({ lookedAt: 4, concerned: 4 });
  });
});

describe('the publication itself', () => {
  it('does to every clock what its preview said, and nothing else', async () => {
    const query = `?mode=retroactive&effectiveAt=${formatInstant(at)}`;
    const before = await clocksOf();
    const { body } = await preview(next, query);
    const changes = body['changes'] as readonly Change[];
    expect(changes).toHaveLength(2);
    const said = new Map(changes.map(({ ticket, b }) => [keyOf(ticket, b), shown(b)]));
    await pipeline.publish(resolved(next), 'retroactive', at);
    // A live source's time lies the time to settle behind the watermark: this is the first at which the instant has passed.
    await pipeline.tick(at + 5_001);
    await pipeline.settled();
    await pipeline.walked();
    const after = await clocksOf();
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [key, clock] of after) expect([key, clock]).toEqual([key, said.get(key) ?? before.get(key)]);
    expect((await preview(next, query)).body).toMatchObject({ status: 'unchanged' });
  });

  async function clocksOf() {
    const found = new Map<string, object>();
    for (const ticket of histories.keys()) {
      const { body } = await pipeline.get(`/v1/tickets/${encodeURIComponent(source)}/${ticket}`);
      for (const clock of body['clocks'] as readonly ShownClock[]) found.set(keyOf(ticket, clock), shown(clock));
    }
    return found;
  }

  function keyOf(ticket: string, { promise, cycle }: ShownClock): string {
    return `${ticket} ${promise} ${cycle}`;
  }

  function shown({ outcome, dueAt, breachedAt, stoppedAt }: ShownClock): object {
    return { outcome, dueAt, breachedAt, stoppedAt };
  }
});
