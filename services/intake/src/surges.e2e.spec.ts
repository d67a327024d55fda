import { policyPartition, topics, type SurgeRecord } from '@punctual/contracts';
import { openEmbeddedLog } from '@punctual/stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTITIONS, runIntake, type RunningIntake } from './running-intake.spec-kit.js';

const path = '/v1/policies/sourcegraph/surges';
const begins = { state: 'started', who: 'Mia', reason: 'half the team is ill' };

describe('a surge that a person declares', () => {
  let running: RunningIntake;
  beforeAll(async () => {
    running = await runIntake();
  });
  afterAll(() => running.stop());

  const announced = async (partition?: number): Promise<SurgeRecord[]> =>
    (await running.received(partition)).map(({ value }) => value as SurgeRecord).filter(({ kind }) => kind === 'surge');

  it('stands on every partition, and one of them publishes it', async () => {
    const { status, body } = await running.send('POST', path, begins);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { policy: 'sourcegraph', at: '2026-03-02T12:00:00.000Z', ...begins },
    });
    const records = await announced();
    expect(records).toHaveLength(PARTITIONS);
    for (const record of records) {
      expect(record).toMatchObject({ id: body['id'], state: 'started', by: 'Mia', reason: 'half the team is ill' });
    }
    const [speaking] = await announced(policyPartition('sourcegraph', PARTITIONS));
    expect([speaking?.speaks, records.filter(({ speaks }) => speaks).length]).toEqual([true, 1]);
  });

  it('is refused where nothing would change', async () => {
    expect((await running.send('POST', path, begins)).body).toMatchObject({ status: 409, code: 'surge_unchanged' });
    expect((await running.send('POST', path, { ...begins, state: 'ended' })).status).toBe(201);
    const again = await running.send('POST', path, { ...begins, state: 'ended' });
    expect(again.body).toMatchObject({ status: 409, code: 'surge_unchanged' });
    expect(await announced()).toHaveLength(2 * PARTITIONS);
  });

  it.each<[string, string, object, number, string]>([
    ['a policy that is not published', '/v1/policies/nobody/surges', begins, 404, 'unknown_policy'],
    ['a declaration by nobody', path, { ...begins, who: ' ' }, 422, 'invalid_request'],
    ['a declaration without a reason', path, { state: 'started', who: 'Mia' }, 422, 'invalid_request'],
    ['an unknown state', path, { ...begins, state: 'maybe' }, 422, 'invalid_request'],
  ])('is refused for %s', async (_what, to, body, status, code) => {
    expect((await running.send('POST', to, body)).body).toMatchObject({ status, code });
  });

  it('is announced before the next watermark where the log did not take it', async () => {
    const down = await runIntake();
    await down.log.close();
    expect((await down.send('POST', path, begins)).body).toMatchObject({ status: 503, code: 'log_unavailable' });
    const log = await openEmbeddedLog({ dataSource: down.dataSource, partitions: PARTITIONS });
    const back = await down.another({}, log);
    expect(await back.tick()).toBe('appended');
    const kinds = (await log.read(topics.received, 0, 0, 1_000)).map(({ value }) => (value as { kind: string }).kind);
    expect(kinds.slice(-2)).toEqual(['surge', 'watermark']);
    expect(await back.tick()).toBe('appended');
    const after = (await log.read(topics.received, 0, 0, 1_000)).map(({ value }) => (value as { kind: string }).kind);
    expect(after.filter((kind) => kind === 'surge')).toHaveLength(1);
    await log.close();
    await down.stop();
  });
});
