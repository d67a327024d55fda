import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from 'node:net';
import { kafkaUnavailable, startKafka, type TestKafka } from '../index.js';

const reason = await kafkaUnavailable();

describe.skipIf(reason !== null)(`startKafka${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let kafka: TestKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());

  it('gives brokers that answer, and the same ones to all suites of a run', async () => {
    const again = await startKafka();
    expect(again.brokers).toEqual(kafka.brokers);
    const [host, port] = kafka.brokers[0]?.split(':') ?? [];
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), host);
      socket.on('connect', () => resolve()).on('error', reject);
      socket.on('connect', () => socket.destroy());
    });
  });

  it('lets nobody kill the shared broker', async () => {
    await expect(kafka.kill(0)).rejects.toThrow(/only brokers of a cluster/);
  });
});
