import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClassifier, readClassifierConfig } from '@punctual/classifier';
import { createIntake, readIntakeConfig } from '@punctual/intake';
import { createLogger } from '@punctual/service-kit';
import { createSlaClock, readSlaClockConfig } from '@punctual/sla-clock';
import { startPostgres } from '@punctual/test-kit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { punctual } from './punctual.spec-kit.js';

/** `punctual policy publish` against running services: what it says beforehand, what it asks, and what is so afterwards. */

const acme = new URL('../pipeline/acme.policy.yaml', import.meta.url);

let folder: string;
let intakeUrl: string;
let clockUrl: string;
let databaseUrl: string;
let stop: () => Promise<void> = async () => {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'punctual-publish-'));
  const postgres = await startPostgres();
  const database = await postgres.createDatabase();
  databaseUrl = database.url;
  const env = { DATABASE_URL: database.url, PORT: '0', WATERMARK_INTERVAL_MS: '200', LOG_LEVEL: 'error' };
  const logger = createLogger({ service: 'publish-test', level: 'error' });
  const intake = await createIntake({ config: readIntakeConfig(env), logger });
  const classifier = await createClassifier({ config: readClassifierConfig(env), logger });
  const slaClock = await createSlaClock({ config: readSlaClockConfig(env), logger });
  intakeUrl = intake.url;
  clockUrl = slaClock.url;
  stop = async () => {
    await intake.stop();
    await classifier.stop();
    await slaClock.stop();
    await database.drop();
    await postgres.stop();
    await rm(folder, { recursive: true });
  };
  const text = await readFile(acme, 'utf8');
  await writeFile(join(folder, 'acme.policy.yaml'), text);
  // A normal ticket is to be answered within 20 minutes instead of two hours.
  await writeFile(
    join(folder, 'stricter.policy.yaml'),
    text.replace('{ priority: P2, within: 2h }', '{ priority: P2, within: 20m }'),
  );
  await writeFile(join(folder, 'broken.policy.yaml'), text.replace('promises:', 'promisses:'));
});
afterAll(() => stop());

const publish = (file: string, ...args: readonly string[]) =>
  punctual({}, 'policy', 'publish', join(folder, file), '--to', intakeUrl, '--clock', clockUrl, ...args);

async function query(text: string, values: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}

async function clocksOf(ticket: string): Promise<{ promise: string; outcome: string; dueAt: string }[]> {
  const answer = await fetch(`${clockUrl}/v1/tickets/desk/${ticket}`);
  if (answer.status === 404) return [];
  return ((await answer.json()) as { clocks: { promise: string; outcome: string; dueAt: string }[] }).clocks;
}

describe('punctual policy publish', () => {
  it('publishes the first version, and says that no ticket runs under another', async () => {
    const ended = await publish('acme.policy.yaml', '--yes');
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toContain('It is the first version of this policy');
    expect(ended.stdout).toMatch(/^published: acme \w+, pin, effective /m);
    expect((await publish('acme.policy.yaml', '--yes')).stdout).toMatch(
      /^unchanged: acme \w+ is the newest version already/m,
    );
  });

  it('previews what is broken by a stricter version, and publishes only what was agreed to', async () => {
    const createdAt = new Date(Date.now() - 45 * 60_000).toISOString();
    const accepted = await fetch(`${intakeUrl}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({
        specversion: '1.0',
        id: 'created',
        source: 'desk',
        subject: 'P-1',
        type: 'ticket.created',
        time: createdAt,
        data: { plan: 'Gold', policy: 'acme', subject: 'Help' },
      }),
    });
    expect(accepted.status).toBe(202);
    await expect
      .poll(() => clocksOf('P-1'), { timeout: 30_000 })
      .toContainEqual(expect.objectContaining({ promise: 'response', outcome: 'running' }));

    const preview = () => publish('stricter.policy.yaml', '--mode', 'retroactive', '--preview');
    // The preview is of what is folded, which comes a little after what is read.
    await expect.poll(async () => (await preview()).stdout, { timeout: 40_000 }).toContain('P-1');
    const looked = await preview();
    expect([looked.code, looked.stderr]).toEqual([0, '']);
    expect(looked.stdout).toMatch(/breached/);

    const refused = await publish('stricter.policy.yaml', '--mode', 'retroactive');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('add --yes');
    expect(await clocksOf('P-1')).toContainEqual(expect.objectContaining({ promise: 'response', outcome: 'running' }));

    const published = await publish('stricter.policy.yaml', '--mode', 'retroactive', '--yes', '--wait');
    expect(published.stdout).toMatch(/^published: acme \w+, retroactive, effective /m);
    expect(published.stderr).toMatch(/^waiting until \S+ has passed and settled$/m);
    expect(published.stdout).toMatch(/^reached: 1 ticket$/m);
    const clocks = await clocksOf('P-1');
    expect(clocks).toContainEqual(
      expect.objectContaining({
        promise: 'response',
        outcome: 'breached',
        dueAt: new Date(Date.parse(createdAt) + 20 * 60_000).toISOString(),
      }),
    );
  }, 120_000);

  it('is told by policy check whether newer holidays or time zones would make another version of it', async () => {
    const check = (file: string) =>
      punctual({}, 'policy', 'check', join(folder, file), '--quiet', '--published', intakeUrl);
    expect(await check('acme.policy.yaml')).toMatchObject({ code: 0, stderr: '' });
    expect((await check('acme.policy.yaml')).stdout).toContain('0 errors, 0 warnings');
    // As if another policy had been published with data that knew of a holiday which is none any more.
    await query(
      `INSERT INTO config.policy_version (policy, version, document, effective_at, mode, published_at)
       SELECT 'aged', version, replace(replace(document::text, $1, $2), $3, $4)::json, effective_at, mode, published_at
         FROM config.policy_version WHERE policy = 'acme' ORDER BY publication LIMIT 1`,
      ['"id":"acme"', '"id":"aged"', '"holidays":[[]]', '"holidays":[[{"date":"2031-05-01","name":"Founders"}]]'],
    );
    await writeFile(join(folder, 'aged.policy.yaml'), (await readFile(acme, 'utf8')).replace('id: acme', 'id: aged'));
    const outdated = await check('aged.policy.yaml');
    expect(outdated.code).toBe(0);
    expect(outdated.stdout).toContain('newer_calendar_data');
    expect(outdated.stdout).toContain('2031-05-01 (Founders) is no holiday any more');
    expect((await punctual({}, 'policy', 'check', 'rego', '--published', `${intakeUrl}/nowhere`)).stderr).toContain(
      'see that --published is the address of intake',
    );
  });

  it('publishes nothing that has errors, or under a mode there is none of', async () => {
    const broken = await publish('broken.policy.yaml', '--yes');
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain("did you mean 'promises'?");
    const mode = await publish('acme.policy.yaml', '--mode', 'backwards', '--yes');
    expect(mode.code).toBe(2);
    expect(mode.stderr).toContain('from-now');
  });
});
