import { topics, type ConfigRecord } from '@punctual/contracts';
import { builtInPack } from '@punctual/policy';
import { openEmbeddedLog } from '@punctual/stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOON, PARTITIONS, runIntake, type RunningIntake } from './running-intake.spec-kit.js';

let running: RunningIntake;
beforeAll(async () => {
  running = await runIntake();
});
afterAll(() => running.stop());

const yaml = { 'content-type': 'application/yaml' };
const rego = builtInPack('rego')?.text ?? '';
const renamed = (id: string, title = 'Ours'): string =>
  rego.replace(/^id: .*$/m, `id: ${id}`).replace(/^title: .*$/m, `title: ${title}`);

async function announced(policy: string): Promise<readonly ConfigRecord[]> {
  const values = (await running.received()).map((record) => record.value as ConfigRecord);
  return values.filter((value) => value.kind === 'config' && value.policy === policy);
}

describe('policies', () => {
  it('has the built-in packs from the start, announced on every partition', async () => {
    const list = (await running.send('GET', '/v1/policies')).body as unknown as { policy: string }[];
    expect(list.map((version) => version.policy).sort()).toEqual(['cloudtalk', 'rego', 'rewst', 'sourcegraph']);
    expect(await announced('rego')).toHaveLength(PARTITIONS);
    await running.another();
    expect(await announced('rego')).toHaveLength(PARTITIONS);
  });

  it('publishes, announces, and publishes the same content once', async () => {
    const first = await running.send('PUT', '/v1/policies/ours?mode=from-now', renamed('ours'), yaml);
    expect(first).toMatchObject({ status: 201, body: { policy: 'ours', status: 'published', mode: 'from-now' } });
    const version = first.body['version'];
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect((await announced('ours'))[0]).toEqual({ kind: 'config', policy: 'ours', version, at: NOON });
    const again = await running.send('PUT', '/v1/policies/ours', renamed('ours'), { 'content-type': 'text/yaml' });
    expect(again).toMatchObject({ status: 200, body: { version, status: 'unchanged' } });
    expect(await announced('ours')).toHaveLength(PARTITIONS);
    const read = await running.send('GET', '/v1/policies/ours');
    expect(read.body).toMatchObject({ version, document: { version, document: { id: 'ours' } } });
    // With which data its calendars were made (SLA-SEMANTICS §2).
    expect(read.body).toMatchObject({
      document: { sources: { holidays: expect.stringMatching(/^\d+\.\d+/), zones: process.versions['tz'] } },
    });
  });

  it('takes the version in effect now, not one of tomorrow', async () => {
    await running.send('PUT', '/v1/policies/dated', renamed('dated', 'Today'), yaml);
    const query = '?effectiveAt=2026-03-03T00:00:00Z';
    expect((await running.send('PUT', `/v1/policies/dated${query}`, renamed('dated', 'Tomorrow'), yaml)).status).toBe(
      201,
    );
    const title = async (): Promise<unknown> => {
      const { document } = (await running.send('GET', '/v1/policies/dated')).body as {
        document: { document: { title: string } };
      };
      return document.document.title;
    };
    expect(await title()).toBe('Today');
    running.clock.set('2026-03-03T00:00:00Z');
    expect(await title()).toBe('Tomorrow');
    running.clock.set(NOON);
  });

  it('says what is wrong with a policy, and where', async () => {
    const answer = await running.send(
      'PUT',
      '/v1/policies/broken',
      renamed('broken').replace(/^title:/m, 'titel:'),
      yaml,
    );
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_policy' } });
    expect(answer.body['problems']).toContainEqual(
      expect.objectContaining({
        path: '/titel',
        line: expect.any(Number),
        column: 1,
        suggestion: expect.stringContaining('title'),
      }),
    );
    expect((await running.send('GET', '/v1/policies/broken')).body).toMatchObject({
      status: 404,
      code: 'unknown_policy',
    });
  });

  it.each<[string, string, string, Record<string, string>, number, string]>([
    ['an id that is not the path', '/v1/policies/other', renamed('ours'), yaml, 422, 'policy_id_mismatch'],
    ['JSON', '/v1/policies/ours', '{}', {}, 415, 'unsupported_media_type'],
    ['an unknown mode', '/v1/policies/ours?mode=maybe', renamed('ours'), yaml, 422, 'invalid_request'],
    ['no YAML', '/v1/policies/ours', 'a: [', yaml, 422, 'invalid_policy'],
    ['an empty body', '/v1/policies/ours', '', yaml, 422, 'invalid_policy'],
  ])('refuses %s', async (_what, path, body, headers, status, code) => {
    expect((await running.send('PUT', path, body, headers)).body).toMatchObject({ status, code });
  });

  it('announces later what the log did not take', async () => {
    const down = await runIntake();
    await down.log.close();
    const answer = await down.send('PUT', '/v1/policies/late', renamed('late'), yaml);
    expect(answer.body).toMatchObject({ status: 503, code: 'log_unavailable' });
    const log = await openEmbeddedLog({ dataSource: down.dataSource, partitions: PARTITIONS });
    const back = await down.another({}, log);
    expect(await back.tick()).toBe('appended');
    const records = await log.read(topics.received, 0, 0, 1_000);
    expect(records.map((record) => (record.value as ConfigRecord).policy)).toContain('late');
    await log.close();
    await down.stop();
  });
});
