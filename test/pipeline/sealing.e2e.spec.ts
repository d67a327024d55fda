import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadLetterTopic, topics, ticketPartition } from '@punctual/contracts';
import { readDeadLetter } from '@punctual/stream';
import { onBothLogs } from './event-logs.spec-kit.js';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'sealing';
const DAY = 86_400_000;
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');

onBothLogs('a ticket whose final close is long past', (newLog) => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog() });
  });
  afterAll(async () => pipeline.stop());

  const [closed, solved, open, reopened] = ['T-closed', 'T-solved', 'T-open', 'T-reopened'].map((ticket) => ({
    ticket,
    say: ticketEvents(SOURCE, ticket, start),
  })) as [Told, Told, Told, Told];
  type Told = { readonly ticket: string; readonly say: ReturnType<typeof ticketEvents> };

  async function timeline(ticket: string): Promise<number> {
    const [row] = await pipeline.dataSource.query<{ n: number }[]>(
      'SELECT count(*)::integer AS n FROM sla_clock.ticket_event WHERE ticket = $1',
      [ticket],
    );
    return row?.n ?? -1;
  }

  async function deadLetters(ticket: string): Promise<{ code: string | undefined; id: string }[]> {
    return (await pipeline.recordsOn(deadLetterTopic(topics.classified)))
      .filter(({ key }) => key === `${SOURCE}/${ticket}`)
      .map((record) => ({
        code: readDeadLetter(record)?.code,
        id: (record.value as { event: { id: string } }).event.id,
      }));
  }

  const attainment = async () => (await pipeline.get('/v1/attainment?policy=acme')).body['rows'];
  const clocks = async (ticket: string) => (await pipeline.get(`/v1/tickets/${SOURCE}/${ticket}`)).body;

  it('keeps its timeline until the policy says so', async () => {
    for (const { say } of [closed, solved, reopened]) await pipeline.send(say.created(-60), say.agent(90));
    await pipeline.send(closed.say.status(100, 'closed'), solved.say.status(100, 'solved'));
    await pipeline.send(reopened.say.status(100, 'closed'), open.say.created(0));
    await pipeline.tick(start + 101 * MINUTE);
    await pipeline.tick(start + 100 * MINUTE + 90 * DAY);
    await pipeline.settled();
    expect(await timeline(closed.ticket)).toBe(3);
    const explained = await pipeline.get(`/v1/tickets/${SOURCE}/${closed.ticket}/explain`);
    expect(explained.status).toBe(200);
  });

  it('takes in what arrives in time', async () => {
    await pipeline.send(reopened.say.status(90 * 24 * 60 + 100, 'open'));
    await pipeline.tick(start + 100 * MINUTE + 90 * DAY + 10_000);
    await pipeline.settled();
    expect(await deadLetters(reopened.ticket)).toEqual([]);
    expect(await timeline(reopened.ticket)).toBe(4);
  });

  it('is sealed: its verdicts stay, its timeline and its state go', async () => {
    const before = { rows: await attainment(), clocks: (await clocks(closed.ticket))['clocks'] };
    await pipeline.tick(start + 100 * MINUTE + 90 * DAY + 2 * MINUTE);
    await pipeline.settled();
    expect(await timeline(closed.ticket)).toBe(0);
    const view = await clocks(closed.ticket);
    expect(view).toMatchObject({ sealedAt: '2026-05-31T13:40:00.000Z', quarantined: null, provisional: false });
    const verdicts = (list: unknown) =>
      (list as { promise: string; outcome: string; breachedAt: string | null; stoppedAt: string | null }[])
        .map(({ promise, outcome, breachedAt, stoppedAt }) => [promise, outcome, breachedAt, stoppedAt].join(' '))
        .sort();
    expect(verdicts(view['clocks'])).toEqual(verdicts(before.clocks));
    expect(verdicts(view['clocks']).join('\n')).toMatch(/^response breached 2026-03-02T13:00:00.000Z/);
    expect(await attainment()).toEqual(before.rows);
    const [row] = await pipeline.dataSource.query<Record<string, unknown>[]>(
      'SELECT state, priority_history, priority, covered FROM sla_clock.ticket WHERE ticket = $1',
      [closed.ticket],
    );
    expect(row).toEqual({ state: null, priority_history: [], priority: 'P2', covered: true });
  });

  it('says so when asked to explain', async () => {
    const { status, body } = await pipeline.get(`/v1/tickets/${SOURCE}/${closed.ticket}/explain`);
    expect(status).toBe(410);
    expect(body).toMatchObject({ code: 'sealed' });
    expect(body['detail']).toContain('2026-05-31T13:40:00.000Z');
  });

  it('goes by the end of the reopen window where it was solved, and leaves the open alone', async () => {
    expect([await timeline(solved.ticket), await timeline(open.ticket), await timeline(reopened.ticket)]).toEqual([
      3, 1, 4,
    ]);
    await pipeline.tick(start + 100 * MINUTE + 118 * DAY + 2 * MINUTE);
    await pipeline.settled();
    expect([await timeline(solved.ticket), await timeline(open.ticket), await timeline(reopened.ticket)]).toEqual([
      0, 1, 4,
    ]);
  });

  it('sends a later event to the dead letters, through restarts, and changes nothing by it', async () => {
    const before = { rows: await attainment(), events: await pipeline.slaEvents(SOURCE, closed.ticket) };
    const late = closed.say.status(120 * 24 * 60, 'open');
    await pipeline.send(late);
    await pipeline.tick(start + 121 * DAY);
    await pipeline.settled();
    await pipeline.stopServices();
    await pipeline.startServices();
    const later = closed.say.agent(122 * 24 * 60);
    await pipeline.send(later);
    await pipeline.tick(start + 123 * DAY);
    await pipeline.settled();
    expect(await deadLetters(closed.ticket)).toEqual([
      { code: 'sealed', id: late.id },
      { code: 'sealed', id: later.id },
    ]);
    expect(await timeline(closed.ticket)).toBe(0);
    expect(await attainment()).toEqual(before.rows);
    expect(await pipeline.slaEvents(SOURCE, closed.ticket)).toEqual(before.events);
  });

  it('is sealed by the log alone: before its timeline is removed, and in the batch that seals it', async () => {
    const ticket = 'T-batch';
    const say = ticketEvents(SOURCE, ticket, start + 130 * DAY);
    await pipeline.stopServices();
    await pipeline.send(say.created(0), say.status(10, 'closed'));
    await pipeline.tick(start + 130 * DAY + 20 * MINUTE);
    await pipeline.tick(start + 220 * DAY + 11 * MINUTE);
    const late = say.agent(90 * 24 * 60 + 12);
    await pipeline.send(late);
    await pipeline.tick(start + 220 * DAY + 13 * MINUTE);
    await pipeline.startServices();
    await pipeline.settled();
    expect(await deadLetters(ticket)).toEqual([{ code: 'sealed', id: late.id }]);
    await pipeline.tick(start + 221 * DAY);
    await pipeline.settled();
    expect(await timeline(ticket)).toBe(0);
  });

  it('is counted, and so are the months kept', async () => {
    const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
    expect(metrics).toMatch(/^punctual_sealed_tickets_total(\{[^}]*\})? 1$/m);
    expect(metrics).toMatch(/^punctual_dead_letters_total\{[^}]*code="sealed"[^}]*\} 1$/m);
    const march = Date.parse('2026-03-01T00:00:00Z') / 1_000;
    expect(metrics).toMatch(
      new RegExp(`^punctual_oldest_month_start_seconds\\{[^}]*table="ticket_event"[^}]*\\} ${march}$`, 'm'),
    );
    expect(metrics).toMatch(/^punctual_months\{[^}]*table="ticket_event"[^}]*\} \d+$/m);
  });

  it('names nobody any more once it is forgotten, and its row stays as it was', async () => {
    const ticket = 'T-waived';
    const say = ticketEvents(SOURCE, ticket, start + 230 * DAY);
    await pipeline.send(say.created(0));
    await pipeline.tick(start + 230 * DAY + 130 * MINUTE);
    const waiver = { actor: { role: 'agent', id: 'granter-55de' }, promise: 'response', reason: 'quokka' };
    await pipeline.send(say.make('ticket.waiver.granted', 131, waiver), say.status(132, 'closed'));
    await pipeline.tick(start + 230 * DAY + 140 * MINUTE);
    await pipeline.tick(start + 321 * DAY);
    await pipeline.settled();
    await pipeline.tick(start + 322 * DAY);
    await pipeline.settled();
    expect(await timeline(ticket)).toBe(0);
    const row = async () =>
      pipeline.dataSource.query<Record<string, unknown>[]>('SELECT * FROM sla_clock.ticket WHERE ticket = $1', [
        ticket,
      ]);
    const held = async () =>
      JSON.stringify([
        await pipeline.dataSource.query('SELECT view FROM sla_clock.clock WHERE ticket = $1', [ticket]),
        await pipeline.dataSource.query('SELECT value FROM sla_clock.sla_event WHERE ticket = $1', [ticket]),
      ]);
    const before = { row: await row(), rows: await attainment() };
    expect(await held()).toMatch(/granter-55de.*quokka/);
    await pipeline.log.publish([
      {
        topic: topics.received,
        partition: ticketPartition(SOURCE, ticket, 4),
        key: `${SOURCE}/${ticket}`,
        value: { kind: 'forget', source: SOURCE, ticket, requestId: 'r-1', at: start },
      },
    ]);
    await pipeline.tick(start + 323 * DAY);
    await pipeline.settled();
    expect(await held()).not.toMatch(/granter-55de|quokka/);
    expect({ row: await row(), rows: await attainment() }).toEqual(before);
  });
});
