import 'reflect-metadata';
import { ticketPartition, topics, type SlaEvent, type TicketEvent } from '@punctual/contracts';
import { openDataSource } from '@punctual/service-kit';
import { openStoredLog, type EventLog } from '@punctual/stream';
import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product } from '../kafka/product.js';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { linesOf, punctual, type Ended } from './punctual.spec-kit.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const reason = await kafkaUnavailable();

describe('dead letters on the embedded log', () => deadLetters(async () => ({ env: {}, stop: async () => undefined })));

describe.skipIf(reason !== null)(`dead letters on Kafka${reason === null ? '' : ` (skipped: ${reason})`}`, () =>
  deadLetters(async () => {
    const kafka: TestKafka = await startKafka();
    const prefix = `dlq${randomBytes(4).toString('hex')}.`;
    return { env: { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: prefix }, stop: () => kafka.stop() };
  }),
);

function deadLetters(
  startLog: () => Promise<{ readonly env: Readonly<Record<string, string>>; stop(): Promise<void> }>,
): void {
  let stopLog: () => Promise<void>;
  let env: Record<string, string>;
  let product: Product;
  let dataSource: DataSource;
  let log: EventLog;

  beforeAll(async () => {
    const { env: where, stop } = await startLog();
    stopLog = stop;
    product = await Product.start(where);
    await product.publishPolicy();
    env = { ...where, DATABASE_URL: product.database.url };
    dataSource = await openDataSource({ url: product.database.url, poolSize: 2, applicationName: 'dead-letters-test' });
    const config = { KAFKA_BROKERS: where['KAFKA_BROKERS']?.split(','), KAFKA_PREFIX: where['KAFKA_PREFIX'] ?? '' };
    log = await openStoredLog({ ...config, KAFKA_SSL: false }, dataSource, { clientId: 'test', logger: silent });
  }, 90_000);
  afterAll(async () => {
    await log.close();
    await dataSource.destroy();
    await product.stop();
    await stopLog();
  });

  const run = (...args: string[]): Promise<Ended> => punctual(env, ...args);

  /** Puts on the log what intake would not let through. */
  async function smuggle(event: TicketEvent): Promise<void> {
    const { source, ticket } = event;
    const partition = ticketPartition(source, ticket, log.partitions);
    const value = { kind: 'event', event, policy: 'acme' };
    await log.publish([{ topic: topics.received, partition, key: `${source}/${ticket}`, value }]);
  }

  async function said(ticket: string, type: string): Promise<SlaEvent[]> {
    const found: SlaEvent[] = [];
    await log.scan(topics.sla, ({ value }) => void found.push(value as SlaEvent));
    return found.filter((event) => event.ticket === ticket && event.type === type);
  }

  async function view(ticket: string): Promise<Record<string, unknown>> {
    return (await (await fetch(`${product.slaClock.url}/v1/tickets/desk/${ticket}`)).json()) as Record<string, unknown>;
  }

  it('make their ticket incomplete, and its breaches say so until somebody has dealt with them', async () => {
    const one = ticketEvents('desk', 'ONE', start);
    await product.deliver(one.created(0, { priority: 'urgent' }));
    const secret = { ...one.agent(5), type: 'ticket.unheard.of', data: { message: { text: 'my secret' } } };
    await smuggle(secret as unknown as TicketEvent);
    await product.reach(start + 61 * MINUTE);
    const breaches = await said('ONE', 'sla.clock.breached');
    expect(breaches.length).toBeGreaterThan(0);
    expect(breaches.every(({ incomplete }) => incomplete)).toBe(true);

    const listed = await run('dlq', 'list', '--ticket', 'ONE', '--json');
    expect(listed).toMatchObject({ code: 0, stderr: '1 dead letter: 1 invalid_record\n' });
    const [letter] = linesOf(listed);
    expect(letter).toMatchObject({ code: 'invalid_record', stage: 'classifier', source: 'desk', attempt: 1 });
    const id = String(letter?.['id']);
    expect(await view('ONE')).toMatchObject({ incomplete: true, deadLetters: [id] });
    const metrics = await (await fetch(`${product.slaClock.url}/metrics`)).text();
    expect(metrics).toMatch(
      /punctual_dead_letters_unresolved\{topic="tickets.received",code="invalid_record"[^}]*\} 1/,
    );
    expect(metrics).toMatch(/punctual_incomplete_tickets\{[^}]*\} 1/);

    const shown = await run('dlq', 'show', id);
    expect(JSON.parse(shown.stdout)).toMatchObject({ id, key: 'desk/ONE', detail: 'its event is of no known type' });
    expect(shown.stdout).not.toContain('my secret');
    expect((await run('dlq', 'show', id, '--value')).stdout).toContain('my secret');

    expect(await run('dlq', 'dismiss', id, '--yes')).toMatchObject({ code: 0, stdout: `${id}\n` });
    await product.deliver(one.agent(90));
    await product.reach(start + 91 * MINUTE);
    expect(await view('ONE')).toMatchObject({ incomplete: false, deadLetters: [] });
    expect((await said('ONE', 'sla.clock.completed')).map(({ incomplete }) => incomplete)).toEqual([false]);
    expect((await run('dlq', 'list')).stderr).toBe('0 dead letters\n');
  }, 120_000);

  it('bring a quarantined ticket back when they are redriven, each once', async () => {
    const bad = ticketEvents('desk', 'BAD', start);
    await product.deliver(bad.created(100, { priority: 'urgent' }));
    const status = bad.status(102, 'solved');
    await smuggle({ ...status, data: { ...status.data, status: null } } as unknown as TicketEvent);
    await product.reach(start + 103 * MINUTE);
    expect(linesOf(await run('quarantine', 'list', '--json'))).toMatchObject([
      { service: 'sla-clock', source: 'desk', ticket: 'BAD' },
    ]);
    const which = await run('dlq', 'redrive', '--code', 'fold_failed');
    expect(which.stderr).toBe('1 dead letter: 1 fold_failed\nnothing was done; add --yes to redrive it\n');
    const id = which.stdout.trim();

    await mend();
    expect(await run('dlq', 'redrive', '--all', '--yes')).toMatchObject({ code: 0, stdout: `${id}\n` });
    await product.reach(start + 104 * MINUTE);
    expect((await view('BAD'))['quarantined']).toBeNull();
    expect(await run('dlq', 'redrive', id, '--yes')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `0 dead letters\n${id} is no unresolved dead letter\n0 redriven\n`,
    });
    expect(await run('dlq', 'redrive', id, '--again', '--yes')).toMatchObject({ code: 0, stdout: `${id}\n` });
  }, 120_000);

  it('are not needed to let a ticket go', async () => {
    const lone = ticketEvents('desk', 'LONE', start);
    const created = lone.created(110, { priority: 'urgent' });
    await product.deliver(created);
    await smuggle({ ...lone.status(112, 'solved'), data: { status: null } } as unknown as TicketEvent);
    const torn = ticketEvents('desk', 'TORN', start).created(110);
    await smuggle({ ...torn, data: { ...torn.data, subject: { not: 'text' } } } as unknown as TicketEvent);
    await product.reach(start + 113 * MINUTE);
    const tickets = linesOf(await run('quarantine', 'list', '--json'));
    expect(tickets.map(({ service, ticket }) => [service, ticket])).toEqual([
      ['classifier', 'TORN'],
      ['sla-clock', 'LONE'],
    ]);
    expect(await view('TORN')).toMatchObject({ code: 'unknown_ticket' });
    await mend();
    await dataSource.query(
      `UPDATE classifier.parked SET record = replace(record::text, '{"not":"text"}', '"text"')::json`,
    );
    for (const ticket of ['LONE', 'TORN']) {
      expect((await run('quarantine', 'release', 'desk', ticket)).code).toBe(0);
    }
    await product.reach(start + 114 * MINUTE);
    expect(linesOf(await run('quarantine', 'list', '--json'))).toEqual([]);
    expect(await view('LONE')).toMatchObject({ quarantined: null });
    expect(await view('TORN')).toMatchObject({ quarantined: null, incomplete: false });
    expect(await run('quarantine', 'release', 'desk', 'LONE')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ticket 'LONE' of source 'desk' is not quarantined") as string,
    });
  }, 120_000);

  /** What was wrong with the status is put right where it lies. */
  async function mend(): Promise<void> {
    await dataSource.query(
      `UPDATE sla_clock.ticket_event SET event = replace(event::text, '"status":null', '"status":{"name":"open","category":"open"}')::json`,
    );
  }
}
