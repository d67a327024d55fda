import 'reflect-metadata';
import { openDataSource } from '@punctual/service-kit';
import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product } from '../kafka/product.js';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { punctual } from './punctual.spec-kit.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
const reason = await kafkaUnavailable();

describe.skipIf(reason !== null)(`forgetting on Kafka${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let kafka: TestKafka;
  let product: Product;
  let dataSource: DataSource;
  let env: Record<string, string>;

  beforeAll(async () => {
    kafka = await startKafka();
    const where = {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_PREFIX: `forget${randomBytes(4).toString('hex')}.`,
    };
    product = await Product.start(where);
    await product.publishPolicy();
    env = { ...where, DATABASE_URL: product.database.url };
    dataSource = await openDataSource({ url: product.database.url, poolSize: 2, applicationName: 'forget-test' });
  }, 90_000);
  afterAll(async () => {
    await dataSource.destroy();
    await product.stop();
    await kafka.stop();
  });

  it('erases what the services hold, and says what the broker keeps', async () => {
    const one = ticketEvents('desk', 'ONE', start);
    const actor = { role: 'requester', id: 'person-7f3a' };
    await product.deliver(one.created(0, { actor, fields: { note: 'quokka at zanzibar' } }));
    await product.reach(start + MINUTE);
    const done = await punctual(env, 'forget', '--source', 'desk', '--requester', actor.id, '--yes');
    expect(done.stderr).toMatch(
      /^1 ticket\n[^]*tickets\.received, tickets\.classified +30 days\n[^]*sla\.events[^]*\n1 forgotten\n$/,
    );
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/^desk +ONE +2 +1 +0 +-$/m);
    const held: { inputs: string; event: string; state: string }[] = await dataSource.query(
      `SELECT c.inputs::text AS inputs, e.event::text AS event, t.state::text AS state
         FROM classifier.ticket c JOIN sla_clock.ticket t USING (source, ticket) JOIN sla_clock.ticket_event e USING (source, ticket)`,
    );
    expect(held).toHaveLength(1);
    expect(JSON.stringify(held)).not.toMatch(/person-7f3a|quokka/);
    expect(JSON.stringify(held)).toContain('forgotten');
  }, 120_000);
});
