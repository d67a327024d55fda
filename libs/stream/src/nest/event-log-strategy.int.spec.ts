import 'reflect-metadata';
import { Controller, Inject, Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type AsyncMicroserviceOptions, Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedLog } from '../embedded/embedded-log.js';
import type { EventLog, RecordBatch, UnitOfWork } from '../event-log.js';
import { StreamError } from '../stream-error.js';
import { streamMigrations } from '../stream-migrations.js';
import { EVENT_LOG, EventLogModule } from './event-log-module.js';
import { EventLogStrategy } from './event-log-strategy.js';
import { OnTopic } from './on-topic.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let postgres: TestPostgres;
let database: TestDatabase;
let dataSource: DataSource;
let app: INestMicroservice | undefined;
/** What the handler of the next batches throws, first to last. */
let failures: unknown[] = [];
let calls = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
beforeEach(async () => {
  failures = [];
  calls = 0;
  database = await postgres.createDatabase();
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    migrations: [...streamMigrations],
    // As the services have it.
    extra: { pipeline: true },
  }).initialize();
  await dataSource.runMigrations();
  await dataSource.query('CREATE TABLE folded (value int PRIMARY KEY)');
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await dataSource.destroy();
  await database.drop();
});
afterAll(() => postgres.stop());

async function foldBatch(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
  calls += 1;
  const sql = await unit.transaction();
  await sql.query('INSERT INTO folded SELECT unnest($1::int[])', [batch.records.map((record) => record.value)]);
  const failure = failures.shift();
  if (failure !== undefined) throw failure;
}

@Controller()
class PlainController {
  constructor(@Inject(EVENT_LOG) readonly log: EventLog) {}

  @EventPattern<string>('numbers')
  async onNumbers(@Payload() batch: RecordBatch, @Ctx() unit: UnitOfWork): Promise<void> {
    await foldBatch(batch, unit);
  }
}

@Controller()
class TopicController {
  @OnTopic('numbers')
  async onNumbers(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    await foldBatch(batch, unit);
  }
}

@Controller()
class RequestController {
  @MessagePattern('numbers')
  onNumbers(): string {
    return 'no';
  }
}

async function start(controllers: Type[], topics: string[]): Promise<EventLogStrategy> {
  @Module({
    imports: [
      EventLogModule.forRootAsync({
        useFactory: () => openEmbeddedLog({ dataSource, partitions: 2, logger: silent }),
      }),
    ],
    controllers,
  })
  class AppModule {}
  let strategy: EventLogStrategy | undefined;
  app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(AppModule, {
    logger: false,
    inject: [EVENT_LOG],
    useFactory: (log: EventLog) => {
      strategy = new EventLogStrategy({ log, group: 'nest', topics });
      return { strategy };
    },
  });
  await app.listen();
  if (strategy === undefined) throw new Error('Nest did not make the strategy');
  return strategy;
}

async function publish(...values: number[]): Promise<void> {
  await app
    ?.get<EventLog>(EVENT_LOG)
    .publish(values.map((value) => ({ topic: 'numbers', partition: 0, key: 'k', value })));
}

const folded = async (): Promise<unknown> => dataSource.query('SELECT value FROM folded ORDER BY value');

describe('EventLogStrategy', () => {
  it('hands a handler whole batches and commits its unit', async () => {
    const strategy = await start([PlainController], ['numbers']);
    await publish(1, 2, 3);
    await strategy.processing?.caughtUp();
    expect(await folded()).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
    expect(calls).toBe(1);
    expect(strategy.processing?.status()).toMatchObject({ state: 'running', counts: { records: 3, committed: 1 } });
  });

  it('rolls back and calls again when a handler throws, although Nest catches the error', async () => {
    failures = [new Error('a bug')];
    const strategy = await start([PlainController], ['numbers']);
    await publish(1);
    await strategy.processing?.caughtUp();
    expect(calls).toBe(2);
    expect(await folded()).toEqual([{ value: 1 }]);
    expect(strategy.processing?.status().counts).toMatchObject({ handlerFailures: 1, committed: 1 });
  });

  it('lets the processor see the error itself from @OnTopic', async () => {
    failures = [new StreamError('not_ready', 'version 7 is not there yet')];
    const strategy = await start([TopicController], ['numbers']);
    await publish(1);
    await strategy.processing?.caughtUp();
    expect(strategy.processing?.status().counts).toMatchObject({ handlerFailures: 0, transientFailures: 1 });
  });

  it('does not start while a topic has no handler', async () => {
    await expect(start([PlainController], ['numbers', 'letters'])).rejects.toMatchObject({
      code: 'handler_mismatch',
      message: expect.stringContaining(`topic 'letters' has no handler`) as string,
    });
  });

  it('does not start while a handler waits for a topic that is not consumed', async () => {
    await expect(start([PlainController], [])).rejects.toThrow(/a handler waits for 'numbers'/);
  });

  it('does not start with two handlers of one topic, or one that would answer', async () => {
    await expect(start([PlainController, TopicController], ['numbers'])).rejects.toThrow(/more than one handler/);
    await app?.close();
    await expect(start([RequestController], ['numbers'])).rejects.toThrow(/use @OnTopic/);
  });

  it('finishes the batch in hand when the application closes', async () => {
    const strategy = await start([PlainController], ['numbers']);
    await publish(1);
    await expect.poll(() => calls).toBe(1);
    await app?.close();
    app = undefined;
    expect(await folded()).toEqual([{ value: 1 }]);
    expect(strategy.processing?.status().state).toBe('stopped');
  });
});
