import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from './database.js';
import { PinnedPolicies } from './pinned-policies.js';
import { PolicyVersionEntity } from './policy-version.entity.js';
import { PolicyVersions1735689600000 } from './policy-version.migration.js';
import { PolicyVersions } from './policy-versions.js';

let postgres: TestPostgres;
let database: TestDatabase;
let dataSource: DataSource;
let publisher: PolicyVersions;
let compilations = 0;
let policies: PinnedPolicies<{ readonly named: unknown }>;

const publish = (version: string, effectiveAt: number): Promise<string> =>
  publisher.publish({ policy: 'p', version, document: { version }, effectiveAt, mode: 'pin', publishedAt: 0 });

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  dataSource = await createDataSource({
    url: database.url,
    schema: 'pinned',
    entities: [PolicyVersionEntity],
    migrations: [PolicyVersions1735689600000],
    poolSize: 2,
    applicationName: 'pinned',
  });
  publisher = new PolicyVersions(dataSource);
  policies = new PinnedPolicies(new PolicyVersions(dataSource), (document) => {
    compilations += 1;
    return { named: (document as { version: unknown }).version };
  });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
  await postgres.stop();
});

describe('PinnedPolicies', () => {
  it('has nothing for a policy that is not published yet, and finds it once it is', async () => {
    expect(await policies.pin('p', 500)).toBeNull();
    await publish('v1', 1_000);
    expect(await policies.pin('p', 1_000)).toEqual({ named: 'v1' });
  });

  it('fixes the version by the instant: the one in effect, before the first the first, of equal instants the later published', async () => {
    await publish('v2', 2_000);
    await publish('v3', 2_000);
    await policies.refresh();
    const at = [0, 1_999, 2_000, 9_999].map(async (instant) => (await policies.pin('p', instant))?.named);
    expect(await Promise.all(at)).toEqual(['v1', 'v1', 'v3', 'v3']);
    expect(await policies.find('p', 'v2')).toEqual({ named: 'v2' });
    expect(await policies.names()).toEqual(['p']);
  });

  it('gives the schedule of all versions, the same until something is published, and reads again for a version it misses', async () => {
    const effective = async (including?: string): Promise<unknown[]> =>
      ((await policies.schedule('p', including))?.publications ?? []).map(({ effectiveAt, policy }) => [
        effectiveAt,
        policy.named,
      ]);
    expect(await policies.schedule('unheard of')).toBeNull();
    const before = [
      [1_000, 'v1'],
      [2_000, 'v2'],
      [2_000, 'v3'],
    ];
    expect(await effective()).toEqual(before);
    expect(await policies.schedule('p')).toBe(await policies.schedule('p', 'v3'));
    await publish('v4', 1_500);
    expect(await effective('v3')).toEqual(before);
    expect(await effective('v4')).toEqual([[1_000, 'v1'], [1_500, 'v4'], ...before.slice(1)]);
  });

  it('compiles each version once', async () => {
    compilations = 0;
    await Promise.all([1, 2, 3].map(() => policies.pin('p', 2_000)));
    await policies.find('p', 'v3');
    expect(compilations).toBe(0);
  });
});
