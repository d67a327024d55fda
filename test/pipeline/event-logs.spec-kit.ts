import { kafkaUnavailable, startKafka, type TestKafka } from '@punctual/test-kit';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';

/** Where an event log is, as services read it from their environment: empty for the embedded one. */
export type LogEnvironment = Readonly<Record<string, string>>;

const reason = await kafkaUnavailable();

/**
 * The same tests on the embedded log and on Kafka; the latter are skipped where there is none, and their name says why. Each call of
 * `newLog`, once the hooks run, gives a log of its own; all of them are on the run's one broker.
 */
export function onBothLogs(title: string, tests: (newLog: () => LogEnvironment) => void): void {
  describe(`${title}, on the embedded log`, () => tests(() => ({})));
  describe.skipIf(reason !== null)(`${title}, on Kafka${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
    let kafka: TestKafka;
    beforeAll(async () => {
      kafka = await startKafka();
    });
    afterAll(() => kafka.stop());
    tests(() => ({
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_PREFIX: `test${randomBytes(4).toString('hex')}.`,
    }));
  });
}
