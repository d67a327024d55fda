import 'reflect-metadata';
import { deadLetterTopic, topics, type TicketEvent } from '@punctual/contracts';
import { redrivenRecord, type LogRecord } from '@punctual/stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothLogs } from './event-logs.spec-kit.js';
import { netOf, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');

let pipeline: Pipeline;

function deadLetters(topic: string): Promise<LogRecord[]> {
  return pipeline.recordsOn(deadLetterTopic(topic));
}

/** An event that passes every check on the way in and breaks what reads it: its status is no status. */
function poison(event: TicketEvent): TicketEvent {
  return { ...event, data: { ...event.data, status: null } } as unknown as TicketEvent;
}

onBothLogs('quarantine', (newLog) => {
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog() });
  });
  afterAll(() => pipeline.stop());

  describe('a ticket that cannot be folded', () => {
    it('stands aside with its events while the rest goes on, and comes back by a redrive', async () => {
      const bad = ticketEvents('desk', 'BAD', start);
      const good = ticketEvents('desk', 'GOOD', start);
      await pipeline.send(bad.created(0), good.created(0));
      await pipeline.tick(start + MINUTE);
      await pipeline.send(poison(bad.status(2, 'solved')), good.agent(2));
      await pipeline.tick(start + 3 * MINUTE);
      await pipeline.settled();
      expect(netOf(await pipeline.slaEvents('desk', 'GOOD')).some((line) => line.startsWith('sla.clock.met'))).toBe(
        true,
      );
      const letters = await deadLetters(topics.classified);
      expect(letters.map(({ headers }) => headers['dead-letter-code'])).toEqual(['fold_failed']);

      await pipeline.send(bad.agent(5));
      await pipeline.tick(start + 300 * MINUTE);
      await pipeline.settled();
      expect(netOf(await pipeline.slaEvents('desk', 'BAD')).some((line) => /breached|met/.test(line))).toBe(false);
      const { body } = await pipeline.get('/v1/tickets/desk/BAD');
      expect(body['quarantined']).toEqual(expect.any(String));
      expect((body['clocks'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
      expect(await (await fetch(`${pipeline.url}/metrics`)).text()).toContain(
        'punctual_quarantined_tickets{service="sla-clock"} 1',
      );

      // The fault is mended where it lay, and the dead letter tried again.
      await pipeline.dataSource.query(
        `UPDATE sla_clock.ticket_event SET event = replace(event::text, '"status":null', '"status":{"name":"open","category":"open"}')::json`,
      );
      await pipeline.log.publish(letters.map((letter) => mended(redrivenRecord(letter))));
      await pipeline.tick(start + 301 * MINUTE);
      await pipeline.settled();
      const met = (await pipeline.slaEvents('desk', 'BAD')).filter(({ type }) => type === 'sla.clock.met');
      expect(met.map(({ at }) => at)).toEqual([start + 5 * MINUTE]);
      expect((await pipeline.get('/v1/tickets/desk/BAD')).body['quarantined']).toBeNull();
    });
  });

  describe('a ticket that cannot be classified', () => {
    it('is parked whole, and classified in order by a redrive', async () => {
      const bad = ticketEvents('desk', 'TORN', start);
      const created = bad.created(400);
      const torn = { ...created, data: { ...created.data, subject: { not: 'text' } } } as unknown as TicketEvent;
      await pipeline.send(torn, bad.agent(401));
      await pipeline.tick(start + 402 * MINUTE);
      await pipeline.settled();
      expect(await pipeline.slaEvents('desk', 'TORN')).toEqual([]);
      const [letter] = await deadLetters(topics.received);
      expect(letter?.headers['dead-letter-code']).toBe('classification_failed');
      const parked = await pipeline.dataSource.query('SELECT count(*)::int AS n FROM classifier.parked');
      expect(parked).toEqual([{ n: 2 }]);
      if (!letter) throw new Error('no dead letter');
      const again = redrivenRecord(letter);
      await pipeline.log.publish([{ ...again, value: { ...(again.value as object), event: created } }]);
      await pipeline.tick(start + 403 * MINUTE);
      await pipeline.settled();
      const types = (await pipeline.slaEvents('desk', 'TORN')).map(({ type }) => type);
      expect(types).toContain('sla.clock.met');
      expect(await pipeline.dataSource.query('SELECT count(*)::int AS n FROM classifier.parked')).toEqual([{ n: 0 }]);
    });

    it('is not confused with a record that is no ticket event at all', async () => {
      await pipeline.log.publish([
        { topic: topics.received, partition: 0, key: 'x', value: { kind: 'event', event: {} } },
      ]);
      await pipeline.settled();
      const codes = (await deadLetters(topics.received)).map(({ headers }) => headers['dead-letter-code']);
      expect(codes).toContain('invalid_record');
    });
  });
});

function mended<Record extends { readonly value: unknown }>(record: Record): Record {
  const text = JSON.stringify(record.value).replaceAll('"status":null', '"status":{"name":"open","category":"open"}');
  return { ...record, value: JSON.parse(text) as unknown };
}
