import { deadLetterTopic, topics } from '@punctual/contracts';
import { readDeadLetter } from '@punctual/stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothLogs } from './event-logs.spec-kit.js';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'ending';
const DAY = 86_400_000;
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');

onBothLogs('what the classifier knows of a ticket', (newLog) => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog() });
  });
  afterAll(async () => pipeline.stop());

  const closed = ticketEvents(SOURCE, 'T-closed', start);
  const open = ticketEvents(SOURCE, 'T-open', start);
  const reopened = ticketEvents(SOURCE, 'T-reopened', start);
  const merged = ticketEvents(SOURCE, 'T-merged', start);

  /** Rows of decisions and known events, by ticket. */
  async function rows(): Promise<Record<string, [decisions: number, seen: number]>> {
    const found = await pipeline.dataSource.query<{ ticket: string; decisions: number; seen: number }[]>(
      `SELECT ticket, (SELECT count(*)::integer FROM classifier.decision d WHERE d.ticket = t.ticket) AS decisions,
              (SELECT count(*)::integer FROM classifier.seen_event s WHERE s.ticket = t.ticket) AS seen
         FROM classifier.ticket t`,
    );
    return Object.fromEntries(found.map(({ ticket, decisions, seen }) => [ticket, [decisions, seen]]));
  }

  async function lettersOn(topic: string): Promise<(string | undefined)[]> {
    const records = await pipeline.recordsOn(deadLetterTopic(topic));
    return records.map((record) => readDeadLetter(record)?.code);
  }

  it('is kept while the ticket is open, and 118 days after', async () => {
    for (const say of [closed, open, reopened, merged]) await pipeline.send(say.created(0));
    await pipeline.send(closed.status(10, 'closed'), reopened.status(10, 'solved'), merged.merged(10));
    // An open status of one that was merged away: it is over all the same.
    await pipeline.send(reopened.status(20, 'open'), merged.status(20, 'open'));
    await pipeline.tick(start + 30 * MINUTE);
    await pipeline.tick(start + 118 * DAY + 10 * MINUTE);
    await pipeline.settled();
    expect(await rows()).toEqual({ 'T-closed': [1, 2], 'T-open': [1, 1], 'T-reopened': [1, 3], 'T-merged': [1, 3] });
  });

  it('goes then, but for open tickets', async () => {
    await pipeline.tick(start + 118 * DAY + 12 * MINUTE);
    await pipeline.settled();
    expect(await rows()).toEqual({ 'T-closed': [0, 0], 'T-open': [1, 1], 'T-reopened': [1, 3], 'T-merged': [0, 0] });
  });

  it('is said to be gone', async () => {
    const answer = await fetch(`${pipeline.classifier?.url ?? ''}/v1/tickets/${SOURCE}/T-closed/classification`);
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ code: 'sealed' });
  });

  it('is not begun anew by a late event, which is a dead letter, also after a restart', async () => {
    const attainment = (await pipeline.get('/v1/attainment?policy=acme')).body['rows'];
    const said = await pipeline.slaEvents(SOURCE, 'T-closed');
    await pipeline.send(closed.status(119 * 24 * 60, 'open'), closed.priority(119 * 24 * 60 + 1, 'urgent'));
    await pipeline.tick(start + 120 * DAY);
    await pipeline.settled();
    await pipeline.stopServices();
    await pipeline.startServices();
    await pipeline.send(closed.agent(121 * 24 * 60));
    await pipeline.tick(start + 122 * DAY);
    await pipeline.settled();
    // The priority could not be decided any more: the classifier gives it up itself.
    expect(await lettersOn(topics.received)).toEqual(['sealed']);
    expect(await lettersOn(topics.classified)).toEqual(['sealed', 'sealed']);
    expect((await rows())['T-closed']).toEqual([0, 0]);
    expect(await pipeline.slaEvents(SOURCE, 'T-closed')).toEqual(said);
    expect((await pipeline.get('/v1/attainment?policy=acme')).body['rows']).toEqual(attainment);
  });

  it('of an open ticket is still there to decide by', async () => {
    await pipeline.send(open.priority(122 * 24 * 60 + 10, 'urgent'));
    await pipeline.tick(start + 123 * DAY);
    await pipeline.settled();
    expect((await pipeline.get(`/v1/tickets/${SOURCE}/T-open`)).body).toMatchObject({ priority: 'P1' });
  });
});
