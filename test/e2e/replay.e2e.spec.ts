import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClassifier, readClassifierConfig } from '@punctual/classifier';
import { createIntake, readIntakeConfig } from '@punctual/intake';
import { createLogger } from '@punctual/service-kit';
import { createSlaClock, readSlaClockConfig } from '@punctual/sla-clock';
import { startPostgres } from '@punctual/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { incidentLog } from './incident-log.spec-kit.js';

/**
 * A log of the shape of the BPI Challenge 2013 (substatuses with waits, hand-overs between groups, reopenings), invented and seeded, is
 * imported, judged offline, and replayed through running services: the verdicts are the same, clock by clock.
 */

const root = resolve(import.meta.dirname, '../..');
const example = join(root, 'services/cli/examples/bpi2013');

interface Verdict {
  readonly ticket: string;
  readonly promise: string;
  readonly cycle: number;
  readonly priority: string | null;
  readonly outcome: string;
  readonly startedAt: string;
  readonly dueAt: string | null;
  readonly stoppedAt: string | null;
  readonly breachedAt: string | null;
  readonly elapsedMs: number;
}

/** Runs the command line as a user does; resolves with what it wrote to stdout. */
function punctual(...args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const run = [join(root, 'deploy/build/run.mjs'), '@punctual/cli', ...args];
    const child = spawn(process.execPath, run, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('close', (code) =>
      code === 0
        ? done(Buffer.concat(out).toString())
        : fail(new Error(`exit ${code}: ${Buffer.concat(errors).toString()}`)),
    );
  });
}

describe('a history replayed through the services', () => {
  let folder: string;
  let stop: () => Promise<void> = async () => {};
  let intakeUrl: string;
  let clockUrl: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'punctual-replay-'));
    const postgres = await startPostgres();
    const database = await postgres.createDatabase();
    const env = { DATABASE_URL: database.url, PORT: '0', WATERMARK_INTERVAL_MS: '200', LOG_LEVEL: 'error' };
    const logger = createLogger({ service: 'replay-test', level: 'error' });
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
  });
  afterAll(() => stop());

  it('ends with the verdicts of the same history judged offline', async () => {
    await writeFile(file('log.csv'), incidentLog({ cases: 150, seed: 20_130_401 }));
    const policy = join(example, 'bpi2013.policy.yaml');
    await punctual(
      'import',
      '--mapping',
      join(example, 'bpi2013.mapping.yaml'),
      file('log.csv'),
      '--out',
      file('events.ndjson'),
    );
    const judged = await punctual('simulate', '--policy', policy, '--events', file('events.ndjson'), '--json');
    const again = await punctual('simulate', '--policy', policy, '--events', file('events.ndjson'), '--json');
    expect(again).toBe(judged);
    const offline = judged
      .trim()
      .split('\n')
      .map((line) => shown(JSON.parse(line) as Verdict));
    expect(new Set(offline.map(({ outcome }) => outcome))).toEqual(
      new Set(['met', 'breached', 'missed', 'running', 'paused', 'cancelled']),
    );

    await punctual('replay', '--events', file('events.ndjson'), '--to', intakeUrl, '--policy', policy);
    const tickets = [...new Set(offline.map(({ ticket }) => ticket))];
    const replayed = await whenFolded(tickets);
    expect(replayed.sort(byClock)).toEqual(offline.sort(byClock));
  }, 120_000);

  /** The clocks of all tickets once every one of them is there and folded up to the session's time. */
  async function whenFolded(tickets: readonly string[]): Promise<Verdict[]> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const answers = await Promise.all(tickets.map((ticket) => fetch(`${clockUrl}/v1/tickets/bpi2013/${ticket}`)));
      const bodies = await Promise.all(
        answers.map(async (answer) =>
          answer.ok ? ((await answer.json()) as { provisional: boolean; clocks: Verdict[] }) : null,
        ),
      );
      if (bodies.every((body) => body !== null && !body.provisional)) {
        return bodies.flatMap((body, index) =>
          (body?.clocks ?? []).map((clock) => shown({ ...clock, ticket: tickets[index] ?? '' })),
        );
      }
      if (performance.now() > deadline) throw new Error('the replay was not folded within a minute');
      await sleep(250);
    }
  }
});

function shown({
  ticket,
  promise,
  cycle,
  priority,
  outcome,
  startedAt,
  dueAt,
  stoppedAt,
  breachedAt,
  elapsedMs,
}: Verdict): Verdict {
  return { ticket, promise, cycle, priority, outcome, startedAt, dueAt, stoppedAt, breachedAt, elapsedMs };
}

function byClock(a: Verdict, b: Verdict): number {
  const text = (verdict: Verdict): string =>
    `${verdict.ticket} ${verdict.promise} ${String(verdict.cycle).padStart(4, '0')}`;
  return text(a) < text(b) ? -1 : 1;
}
