import 'reflect-metadata';
import { topics, type SlaEvent } from '@punctual/contracts';
import { localKafkaUnavailable, startSecuredKafka, type SecuredKafka } from '@punctual/test-kit';
import kafkajs from 'kafkajs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { Product } from './product.js';

const MINUTE = 60_000;
/** A Monday, 10:00 in Stockholm. */
const start = Date.parse('2026-03-02T09:00:00Z');
const login = { username: 'punctual', password: 'what nobody knows' };
const reason = await localKafkaUnavailable();

describe.skipIf(reason !== null)(`a secured Kafka${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let kafka: SecuredKafka;
  let directory: string;
  let stranger: InstanceType<typeof kafkajs.Kafka>;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'punctual-secrets-'));
    kafka = await startSecuredKafka(login);
    writeFileSync(join(directory, 'authority.pem'), kafka.ca);
    writeFileSync(join(directory, 'password'), `${login.password}\n`);
    stranger = new kafkajs.Kafka({ brokers: [kafka.plain], logLevel: kafkajs.logLevel.NOTHING });
  });
  afterAll(async () => {
    await kafka.stop();
    rmSync(directory, { recursive: true });
  });

  const trust = (): Env => ({ KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: join(directory, 'authority.pem') });
  const as = (mechanism: string, username = login.username): Env => ({
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD_FILE: join(directory, 'password'),
  });

  it.each<[name: string, env: () => Env]>([
    ['TLS', () => ({ KAFKA_BROKERS: kafka.tls, ...trust() })],
    ['PLAIN over TLS', () => ({ KAFKA_BROKERS: kafka.saslTls, ...trust(), ...as('plain') })],
    ['SCRAM-SHA-256 in plain text', () => ({ KAFKA_BROKERS: kafka.sasl, ...as('scram-sha-256') })],
    ['SCRAM-SHA-512 over TLS', () => ({ KAFKA_BROKERS: kafka.saslTls, ...trust(), ...as('scram-sha-512') })],
  ])(
    'by %s takes a ticket, carries it through the services and gives out the breach',
    async (name, env) => {
      const prefix = `${name.replaceAll(/\W/g, '')}.`;
      const product = await Product.start({ ...env(), KAFKA_PREFIX: prefix });
      try {
        await product.publishPolicy();
        const { created } = ticketEvents('desk', 'T-1', start);
        await product.deliver(created(0, { priority: 'urgent' }));
        await product.reach(start + 61 * MINUTE);
        expect(await breaches(stranger, prefix + topics.sla)).toMatchObject([
          { ticket: 'T-1', at: start + 60 * MINUTE },
        ]);
      } finally {
        await product.stop();
      }
    },
    90_000,
  );

  it.each<[name: string, env: () => Env, code: string, says: RegExp]>([
    [
      'a password that is wrong',
      () => ({ KAFKA_BROKERS: kafka.saslTls, ...trust(), ...as('scram-sha-512'), ...wrongPassword }),
      'log_access_refused',
      /refuses the login by scram-sha-512: .*invalid credentials.* Set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
    ],
    [
      'a user whom it does not know',
      () => ({ KAFKA_BROKERS: kafka.sasl, ...as('plain', 'nobody') }),
      'log_access_refused',
      /refuses the login by plain: .*Invalid username or password/,
    ],
    [
      'an authority that is not known here',
      () => ({ KAFKA_BROKERS: kafka.tls, KAFKA_SSL: 'true' }),
      'log_access_refused',
      /certificate of an unknown authority .*Set KAFKA_SSL_CA_FILE/,
    ],
    [
      'a login at a port without',
      () => ({ KAFKA_BROKERS: kafka.tls, ...trust(), ...as('plain') }),
      'log_access_refused',
      /takes no login at this port. Unset KAFKA_SASL_MECHANISM/,
    ],
    [
      'plain text where TLS is spoken',
      () => ({ KAFKA_BROKERS: kafka.tls }),
      'log_unavailable',
      /It hangs up: it may want TLS at this port \(KAFKA_SSL=true\), or want a login/,
    ],
    [
      'TLS where plain text is spoken',
      () => ({ KAFKA_BROKERS: kafka.plain, ...trust() }),
      'log_unavailable',
      /It hangs up: it may not speak TLS at this port \(KAFKA_SSL=false/,
    ],
    [
      'no login where one is due',
      () => ({ KAFKA_BROKERS: kafka.saslTls, ...trust() }),
      'log_unavailable',
      /It hangs up: .* or want a login \(KAFKA_SASL_MECHANISM\)/,
    ],
  ])('refuses %s, with what to do', async (_name, env, code, says) => {
    await expect(Product.start({ ...env(), KAFKA_PREFIX: 'refused.' })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(says) as string,
    });
  });
});

type Env = Readonly<Record<string, string>>;

const wrongPassword = { KAFKA_SASL_PASSWORD: 'guessed', KAFKA_SASL_PASSWORD_FILE: '' };

/** The breaches on a topic, for a reader of committed records. */
async function breaches(client: InstanceType<typeof kafkajs.Kafka>, topic: string): Promise<SlaEvent[]> {
  const found: SlaEvent[] = [];
  const consumer = client.consumer({ groupId: `stranger.${topic}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      const event = JSON.parse(String(message.value)) as SlaEvent;
      if (event.type === 'sla.clock.breached') found.push(event);
    },
  });
  try {
    await expect.poll(() => found.length, { timeout: 20_000 }).toBeGreaterThan(0);
  } finally {
    await consumer.disconnect();
  }
  return found;
}
