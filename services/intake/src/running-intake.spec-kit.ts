import { topics } from '@punctual/contracts';
import { createDataSource, createLogger } from '@punctual/service-kit';
import { openEmbeddedLog, type EmbeddedLog, type LogRecord } from '@punctual/stream';
import { ManualClock, startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { createIntake, intakeDatabase, type Intake } from './create-intake.js';
import { readIntakeConfig } from './intake-config.js';

export const NOON = Date.parse('2026-03-02T12:00:00Z');
export const PARTITIONS = 4;

/** Intake on a real PostgreSQL with the embedded log and a clock that stands still. */
export interface RunningIntake {
  readonly intake: Intake;
  readonly clock: ManualClock;
  readonly log: EmbeddedLog;
  readonly dataSource: DataSource;
  readonly database: TestDatabase;
  /** A request as JSON unless `type` says otherwise; the answer's body parsed. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What stands on a partition of `tickets.received`, or on all of them one after the other. */
  received(partition?: number): Promise<readonly LogRecord[]>;
  /** Another instance on the same database, and on the same log unless it is given one. */
  another(env?: Record<string, string>, eventLog?: EmbeddedLog): Promise<Intake>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function runIntake(env: Record<string, string> = {}): Promise<RunningIntake> {
  const postgres = await startPostgres();
  const logger = createLogger({ service: 'intake', level: 'silent' });
  const database = await postgres.createDatabase({
    // Resolving the built-in packs takes most of a first start; the copies have them.
    name: 'started-intake',
    prepare: async (url) => {
      const config = readIntakeConfig({
        DATABASE_URL: url,
        WATERMARK_INTERVAL_MS: '0',
        PARTITIONS: String(PARTITIONS),
      });
      await (await createIntake({ config, clock: new ManualClock(NOON), logger })).stop();
    },
  });
  const dataSource = await open(database.url);
  const clock = new ManualClock(NOON);
  const log = await openEmbeddedLog({ dataSource, partitions: PARTITIONS, clock });
  const others: Intake[] = [];
  const start = (more: Record<string, string> = {}, eventLog = log): Promise<Intake> => {
    const base = { DATABASE_URL: database.url, WATERMARK_INTERVAL_MS: '0', PARTITIONS: String(PARTITIONS) };
    return createIntake({
      config: readIntakeConfig({ ...base, ...env, ...more }),
      dataSource,
      eventLog,
      clock,
      logger,
    });
  };
  const intake = await start();
  return {
    intake,
    clock,
    log,
    dataSource,
    database,
    send: (method, path, body, headers) => send(intake.url, method, path, body, headers),
    received: (partition) => readAll(log, partition === undefined ? [...Array(PARTITIONS).keys()] : [partition]),
    async another(more, eventLog) {
      const other = await start(more, eventLog);
      others.push(other);
      return other;
    },
    async stop() {
      await Promise.all([intake, ...others].map((one) => one.stop()));
      await log.close();
      await dataSource.destroy();
      await database.drop();
      await postgres.stop();
    },
  };
}

export async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Record<string, unknown> };
}

/** A ticket's creation as a CloudEvent, with `overrides`. */
export function created(id: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id,
    source: 'desk',
    subject: 'T-1',
    type: 'ticket.created',
    time: '2026-03-02T11:59:00Z',
    data: { actor: { role: 'requester', id: 'r-1' }, subject: 'It is down' },
    ...overrides,
  };
}

async function readAll(log: EmbeddedLog, partitions: readonly number[]): Promise<readonly LogRecord[]> {
  const pages = await Promise.all(partitions.map((partition) => log.read(topics.received, partition, 0, 5_000)));
  return pages.flat();
}

function open(url: string): Promise<DataSource> {
  return createDataSource({ ...intakeDatabase, url, poolSize: 6, applicationName: 'intake' });
}
