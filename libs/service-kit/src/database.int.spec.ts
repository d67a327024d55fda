import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchClockSkew } from './clock-skew.js';
import { systemClock } from './clock.js';
import { createMetrics } from './metrics.js';
import { createDataSource, databaseAnswers, DatabaseUnavailable } from './database.js';
import { PolicyVersionEntity } from './policy-version.entity.js';
import { PolicyVersions1735689600000 } from './policy-version.migration.js';
import { PolicyVersions, type PolicyPublication } from './policy-versions.js';
import { SteadyClient } from './steady-client.js';

let postgres: TestPostgres;
let database: TestDatabase;
const opened: DataSource[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
});
afterAll(async () => {
  await Promise.all(opened.map((source) => source.destroy()));
  await database.drop();
  await postgres.stop();
});

async function open(schema: string, url = database.url): Promise<DataSource> {
  const source = await createDataSource({
    url,
    schema,
    entities: [PolicyVersionEntity],
    migrations: [PolicyVersions1735689600000],
    poolSize: 3,
    applicationName: schema,
    waitMs: 400,
  });
  opened.push(source);
  return source;
}

const at = Date.parse('2026-03-02T09:30:00.123Z');
const publication = (policy: string, version: string, effectiveAt = at): PolicyPublication => ({
  policy,
  version,
  document: { zebra: 1, apple: [version], 10: 'ten', b: { y: null, a: 0.1 } },
  effectiveAt,
  mode: 'from-now',
  publishedAt: at,
});

describe('createDataSource', () => {
  it('migrates several instances of several services that start at once', async () => {
    const sources = await Promise.all(['intake', 'intake', 'classifier', 'sla_clock'].map((schema) => open(schema)));
    const [first] = sources;
    const tables: unknown = await first?.query(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
        WHERE table_schema IN ('intake', 'classifier', 'sla_clock', 'config') ORDER BY 1`,
    );
    expect(tables).toEqual(
      ['classifier.migration', 'config.policy_version', 'intake.migration', 'sla_clock.migration'].map((name) => ({
        name,
      })),
    );
    const applied: unknown = await first?.query('SELECT count(*)::int AS n FROM intake.migration');
    expect(applied).toEqual([{ n: 1 }]);
  });

  it('bounds statements and locks', async () => {
    const source = await open('bounded');
    expect(await source.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
    expect(await source.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '10s' }]);
    expect(await databaseAnswers(source)()).toBeNull();
    await source.destroy();
    expect(await databaseAnswers(source)()).toBe('the database connection is closed');
    opened.splice(opened.indexOf(source), 1);
  });

  it('has connections that may fail before anyone listens to them', async () => {
    const runner = (await open('steady')).createQueryRunner();
    expect(await runner.connect()).toBeInstanceOf(SteadyClient);
    await runner.release();
    expect(() => new SteadyClient().emit('error', new Error('the server stops'))).not.toThrow();
  });

  it('waits for a database that is not up yet, and gives up at the limit', async () => {
    await expect(open('nowhere', 'postgresql://postgres@127.0.0.1:9/none')).rejects.toThrow(DatabaseUnavailable);
  });

  it('reports a database that does not exist at once', async () => {
    await expect(open('nowhere', database.url.replace(/\/test_[^/?]+/, '/absent'))).rejects.toMatchObject({
      code: '3D000',
    });
  });
});

describe('watchClockSkew', () => {
  it('is content with a clock within 500 ms of the database, and tells how far another is off', async () => {
    const source = await open('intake');
    const metrics = createMetrics('skewed');
    expect(await watchClockSkew(source, systemClock, createMetrics('right'))()).toBeNull();
    const ahead = watchClockSkew(source, { now: () => Date.now() + 3_000 }, metrics);
    expect(await ahead()).toMatch(/^the clock is (29|30)\d\d ms ahead of PostgreSQL's/);
    expect(await metrics.registry.metrics()).toMatch(/punctual_clock_skew_seconds\{service="skewed"\} (2\.9|3)/);
  });
});

describe('watchClockSkew of a database that is slow to answer', () => {
  it('takes the delay for no difference of clocks, and measures again when asked', async () => {
    const source = await open('intake');
    const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
    let delayMs = 1_600;
    const query = async <T>(text: string): Promise<T> => {
      await pause(delayMs);
      return source.query(text);
    };
    const check = watchClockSkew({ query }, clock, createMetrics('slow'));
    expect(await check()).toBeNull();
    delayMs = 0;
    clock.aheadMs = 3_000;
    await expect.poll(check).toMatch(/ms ahead of PostgreSQL's/);
  });
});

describe('PolicyVersions', () => {
  it('keeps documents as they were, also the order of their keys', async () => {
    const versions = new PolicyVersions(await open('intake'));
    await versions.publish(publication('rewst', 'v1'));
    const read = await new PolicyVersions(await open('classifier')).find('rewst', 'v1');
    expect(JSON.stringify(read?.document)).toBe(JSON.stringify(publication('rewst', 'v1').document));
    expect(read).toMatchObject({ policy: 'rewst', effectiveAt: at, publishedAt: at, mode: 'from-now' });
  });

  it('publishes the same content once, also when two do it at the same time; going back is a publication', async () => {
    const versions = new PolicyVersions(await open('intake'));
    const publish = (version: string): Promise<string> => versions.publish(publication('twice', version));
    expect((await Promise.all([publish('v1'), publish('v1')])).sort()).toEqual(['published', 'unchanged']);
    expect([await publish('v2'), await publish('v1')]).toEqual(['published', 'published']);
    const list = (await versions.list()).filter((version) => version.policy === 'twice');
    expect(list.map((version) => version.version)).toEqual(['v1', 'v2', 'v1']);
  });

  it('reads the version in effect at an instant', async () => {
    const source = await open('intake');
    const versions = new PolicyVersions(source);
    await versions.publish(publication('dated', 'now', at));
    await versions.publish(publication('dated', 'later', at + 1_000));
    await versions.publish(publication('dated', 'replaced', at));
    expect(await versions.read('dated', at - 1)).toBeNull();
    expect((await versions.read('dated', at + 999))?.version).toBe('replaced');
    expect((await versions.read('dated', at + 1_000))?.version).toBe('later');
    const other = new PolicyVersions(source);
    expect((await other.all()).length).toBe((await versions.list()).length);
  });
});
