import 'reflect-metadata';
import { deadLetterTopic, topics } from '@punctual/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothLogs } from './event-logs.spec-kit.js';
import { netOf, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
/** A Monday, 10:00 in Stockholm. */
const start = Date.parse('2026-03-02T09:00:00Z');

let pipeline: Pipeline;

onBothLogs('the pipeline', (newLog) => {
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog() });
  });
  afterAll(() => pipeline.stop());

  describe('a ticket through both services', () => {
    it('is classified, starts its clocks, breaks a promise at its deadline and keeps another', async () => {
      const { created, agent, status } = ticketEvents('desk', 'T-1', start);
      await pipeline.send(created(0, { priority: 'urgent' }));
      await pipeline.tick(start + 1 * MINUTE);
      await pipeline.settled();
      expect((await pipeline.slaEvents('desk', 'T-1')).map(({ type }) => type)).toEqual([
        'sla.ticket.covered',
        'sla.clock.started',
        'sla.clock.started',
      ]);
      await pipeline.tick(start + 61 * MINUTE);
      await pipeline.settled();
      const breach = (await pipeline.slaEvents('desk', 'T-1')).find(({ type }) => type === 'sla.clock.breached');
      expect(breach).toMatchObject({ promise: 'response', priority: 'P1', at: start + 60 * MINUTE, mode: 'live' });
      await pipeline.send(agent(90), status(120, 'solved'));
      await pipeline.tick(start + 121 * MINUTE);
      await pipeline.settled();
      const types = (await pipeline.slaEvents('desk', 'T-1'))
        .slice(-2)
        .map(({ type, promise }) => `${promise} ${type}`);
      expect(types).toEqual(['response sla.clock.completed', 'solution sla.clock.met']);
      const records = await pipeline.dataSource.query('SELECT event::text FROM sla_clock.ticket_event');
      expect(JSON.stringify(records)).not.toContain('must not travel');
    });

    it('says nothing before the time of the log has come to it', async () => {
      const { created } = ticketEvents('desk', 'T-2', start + 300 * MINUTE);
      await pipeline.send(created(0));
      await pipeline.tick(start + 300 * MINUTE + 4_000);
      await pipeline.settled();
      expect(await pipeline.slaEvents('desk', 'T-2')).toEqual([]);
      await pipeline.tick(start + 300 * MINUTE + 5_001);
      await pipeline.settled();
      expect((await pipeline.slaEvents('desk', 'T-2')).length).toBe(3);
    });

    it('retracts what late evidence disproves', async () => {
      const late = ticketEvents('desk', 'T-3', start);
      const events = [late.created(400, { priority: 'urgent' }), late.agent(430)] as const;
      await pipeline.send(events[0]);
      await pipeline.tick(start + 500 * MINUTE);
      await pipeline.send(events[1]);
      await pipeline.tick(start + 501 * MINUTE);
      await pipeline.settled();
      const said = await pipeline.slaEvents('desk', 'T-3');
      const retraction = said.find(({ type }) => type === 'sla.clock.retracted');
      expect(retraction).toMatchObject({
        correctedKind: 'sla.clock.breached',
        reasonCode: 'late_evidence',
        cause: events[1].id,
      });
      expect(said.at(-1)).toMatchObject({ type: 'sla.clock.met', at: start + 430 * MINUTE });
      const rows = await pipeline.dataSource.query(
        `SELECT retracted_by FROM sla_clock.sla_event WHERE ticket = 'T-3' AND type = 'sla.clock.breached'`,
      );
      expect(rows).toEqual([{ retracted_by: retraction?.id }]);
    });

    it('drops what was delivered again, and gives up what contradicts', async () => {
      const { created, agent } = ticketEvents('desk', 'T-4', start + 600 * MINUTE);
      const [first, reply] = [created(0), agent(1)];
      const contradiction = { ...reply, occurredAt: reply.occurredAt + 1 };
      await pipeline.send(first, { ...first, receivedAt: 5 }, reply, contradiction, reply);
      await pipeline.tick(start + 610 * MINUTE);
      await pipeline.settled();
      const letters = await pipeline.recordsOn(deadLetterTopic(topics.received));
      expect(letters.map(({ headers }) => headers['dead-letter-code'])).toEqual(['conflicting_duplicate']);
      expect((await pipeline.slaEvents('desk', 'T-4')).filter(({ type }) => type === 'sla.clock.met').length).toBe(1);
      const metrics = await (await fetch(`${pipeline.classifier?.url}/metrics`)).text();
      expect(metrics).toContain('punctual_duplicate_events_total{service="classifier"} 2');
    });

    it('is said not to be covered where nothing is promised, and counted', async () => {
      const { created } = ticketEvents('desk', 'T-10', start + 650 * MINUTE);
      await pipeline.send(created(0, { plan: 'Basic' }));
      await pipeline.tick(start + 660 * MINUTE);
      await pipeline.settled();
      const said = await pipeline.slaEvents('desk', 'T-10');
      expect(said.map(({ type, reasonCode }) => [type, reasonCode])).toEqual([['sla.ticket.not_covered', 'no_plan']]);
      expect(said[0]?.reason).toBe('The Basic plan promises nothing.');
      const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
      expect(metrics).toMatch(/^punctual_sla_total\{.*policy="acme".*outcome="not_covered".*\} 1$/m);
    });

    it('finds after a restart what was waiting', async () => {
      const { created, agent } = ticketEvents('desk', 'T-5', start + 700 * MINUTE);
      await pipeline.send(created(0), agent(20));
      await pipeline.tick(start + 710 * MINUTE);
      await pipeline.settled();
      expect(netOf(await pipeline.slaEvents('desk', 'T-5')).some((line) => line.includes('met'))).toBe(false);
      await pipeline.stopServices();
      await pipeline.startServices();
      await pipeline.tick(start + 730 * MINUTE);
      await pipeline.settled();
      const events = await pipeline.slaEvents('desk', 'T-5');
      expect(events.some(({ type, promise }) => type === 'sla.clock.met' && promise === 'response')).toBe(true);
    });

    it('finds after a restart the deadlines ahead', async () => {
      const { created } = ticketEvents('desk', 'T-6', start + 800 * MINUTE);
      await pipeline.send(created(0));
      await pipeline.tick(start + 810 * MINUTE);
      await pipeline.settled();
      await pipeline.stopServices();
      await pipeline.startServices();
      await pipeline.tick(start + 930 * MINUTE);
      await pipeline.settled();
      const breach = (await pipeline.slaEvents('desk', 'T-6')).find(({ type }) => type === 'sla.clock.breached');
      expect(breach?.at).toBe(start + 920 * MINUTE);
    });

    it('keeps a historical session to its own time', async () => {
      const long = Date.parse('2012-05-02T09:00:00Z');
      const { created, agent } = ticketEvents('archive', 'A-1', long);
      await pipeline.tick(start + 1000 * MINUTE, { archive: { at: long, mode: 'historical' } });
      await pipeline.send(created(0), agent(30));
      await pipeline.tick(start + 1001 * MINUTE, { archive: { at: long + 10 * MINUTE, mode: 'historical' } });
      await pipeline.settled();
      expect((await pipeline.slaEvents('archive', 'A-1')).map(({ type }) => type)).not.toContain('sla.clock.met');
      await pipeline.tick(start + 1002 * MINUTE, { archive: { at: long + 3_000 * MINUTE, mode: 'historical' } });
      await pipeline.settled();
      const events = await pipeline.slaEvents('archive', 'A-1');
      expect(new Set(events.map(({ mode }) => mode))).toEqual(new Set(['historical']));
      expect(events.filter(({ type }) => type === 'sla.clock.breached')).toEqual([]);
      expect(events.some(({ type }) => type === 'sla.clock.met')).toBe(true);
    });

    it.each([
      { what: 'a breach found in time', ticket: 'T-7', ticks: [120.1], now: 120.1, late: false },
      { what: 'a breach found after time stood still', ticket: 'T-8', ticks: [180], now: 180, late: true },
      {
        what: 'a breach found after the services stood still, by the watermark of its time',
        ticket: 'T-9',
        ticks: [120.1, 150, 180],
        now: 180,
        late: true,
      },
    ])('says of $what whether it was found late', async ({ ticket, ticks, now, late }) => {
      const begin = start + (1100 + 200 * Number(ticket.slice(2))) * MINUTE;
      const { created } = ticketEvents('desk', ticket, begin);
      pipeline.clock.set(begin + 10 * MINUTE);
      await pipeline.send(created(0));
      await pipeline.tick(begin + 10 * MINUTE);
      await pipeline.settled();
      await pipeline.stopServices();
      for (const minute of ticks) await pipeline.tick(begin + minute * MINUTE);
      pipeline.clock.set(begin + now * MINUTE);
      await pipeline.startServices();
      await pipeline.settled();
      const [breach, ...more] = (await pipeline.slaEvents('desk', ticket)).filter(
        ({ type }) => type === 'sla.clock.breached',
      );
      expect(more).toEqual([]);
      expect(breach).toMatchObject({ at: begin + 120 * MINUTE, mode: 'live', lateDetection: late });
    });
  });
});
