import { topics } from '@punctual/contracts';
import { compilePolicy, type CompiledPolicy, type ResolvedPolicy } from '@punctual/policy';
import {
  createDataSource,
  createLogger,
  createMetrics,
  databaseAnswers,
  Health,
  PinnedPolicies,
  PolicyVersionEntity,
  PolicyVersions,
  PolicyVersions1735689600000,
  startHttp,
  systemClock,
  type Clock,
  type ServiceLogger,
} from '@punctual/service-kit';
import {
  EventLogStrategy,
  openEventLog,
  pinoStreamLogger,
  streamMigrations,
  whyNotFollowing,
  type EventLog,
} from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { EventSignal } from './events/event-signal.js';
import { EventTail } from './events/event-tail.js';
import { ClockFolder } from './fold/clock-folder.js';
import { PartitionTimes } from './fold/partition-times.js';
import { MonthKeeper } from './month-keeper.js';
import type { SlaClockConfig } from './sla-clock-config.js';
import { SlaClockMetrics } from './sla-clock-metrics.js';
import { SlaClockModule } from './sla-clock.module.js';
import { CreateIncomplete1790000200000 } from './storage/create-incomplete.migration.js';
import { CreatePolicyWalks1790000600000 } from './storage/create-policy-walks.migration.js';
import { IndexOpenWork1790000400000 } from './storage/index-open-work.migration.js';
import { databaseSql } from './storage/database-sql.js';
import { CreateSurges1790000700000 } from './storage/create-surges.migration.js';
import { CreateSlaClockTables1767225600000 } from './storage/create-sla-clock-tables.migration.js';
import { AddSealing1790000300000 } from './storage/add-sealing.migration.js';
import { CreateForgotten1790000500000 } from './storage/create-forgotten.migration.js';
import { CutIntoMonths1790000100000 } from './storage/cut-into-months.migration.js';
import { MonthPartitions } from './storage/month-partitions.js';
import { comparablePolicy } from './what-if/comparable-policy.js';
import { ComparisonTurn } from './what-if/comparison-turn.js';

/** What a DataSource given to `createSlaClock` must have been made with (schema `sla_clock`). */
export const slaClockDatabase = {
  schema: 'sla_clock',
  entities: [PolicyVersionEntity],
  migrations: [
    ...streamMigrations,
    PolicyVersions1735689600000,
    CreateSlaClockTables1767225600000,
    CutIntoMonths1790000100000,
    CreateIncomplete1790000200000,
    AddSealing1790000300000,
    IndexOpenWork1790000400000,
    CreateForgotten1790000500000,
    CreatePolicyWalks1790000600000,
    CreateSurges1790000700000,
  ],
} as const;

export interface SlaClockOptions {
  readonly config: SlaClockConfig;
  /** The log to consume; opened by `config` and closed with the service if absent. */
  readonly eventLog?: EventLog;
  /** Opened by `config` and closed with the service if absent. */
  readonly dataSource?: DataSource;
  readonly clock?: Clock;
  readonly logger?: ServiceLogger;
}

export interface SlaClock {
  readonly url: string;
  /** Resolves when everything now in `tickets.classified` has been folded. */
  caughtUp(): Promise<void>;
  /** Finishes the batches in hand, answers the requests in hand, closes what it opened. */
  stop(): Promise<void>;
}

/** Starts the SLA clock, alone or inside another process. It consumes when this resolves. */
export async function createSlaClock(options: SlaClockOptions): Promise<SlaClock> {
  const { config } = options;
  const clock = options.clock ?? systemClock;
  const logger =
    options.logger ?? createLogger({ service: 'sla-clock', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    while (closers.length > 0) await closers.pop()?.();
  };
  try {
    const dataSource = options.dataSource ?? (await openDatabase(config, logger));
    if (options.dataSource === undefined) closers.push(() => dataSource.destroy());
    const log =
      options.eventLog ??
      (await openEventLog(config, dataSource, {
        clientId: `punctual-sla-clock-${config.INSTANCE_ID}`,
        clock,
        logger: pinoStreamLogger(logger.pino),
      }));
    if (options.eventLog === undefined) closers.push(() => log.close());

    const strategy = new EventLogStrategy({ log, group: 'sla-clock', topics: [topics.classified] });
    const metrics = createMetrics('sla-clock');
    const versions = new PolicyVersions(dataSource);
    const policies = new PinnedPolicies<CompiledPolicy>(versions, (document) =>
      compilePolicy(document as ResolvedPolicy),
    );
    const observer: SlaClockMetrics = new SlaClockMetrics(metrics, {
      dataSource,
      clock,
      logger,
      processing: () => strategy.processing,
      held: () => folder.held(ownedPartitions(strategy)),
      wakeReaders: () => signal.announce(),
    });
    const folder = new ClockFolder(policies, new MonthPartitions(dataSource), observer);
    const sql = databaseSql(dataSource);
    const tail = new EventTail(sql, log.partitions, logger);
    const signal = new EventSignal(config.DATABASE_URL, logger, () => tail.wake());
    closers.push(() => signal.stop());
    await signal.start();
    const health = new Health();
    health.addCheck('database', databaseAnswers(dataSource));
    health.addCheck('log', () => whyNotFollowing(strategy.processing));
    const http = await startHttp(
      SlaClockModule.over({
        dataSource,
        folder,
        policies,
        reading: { sql, policies, times: new PartitionTimes(folder, sql) },
        whatIf: {
          dataSource,
          versions,
          clock,
          turn: new ComparisonTurn(),
          policies: new PinnedPolicies(versions, (document) => comparablePolicy(document as ResolvedPolicy)),
          mostTickets: config.WHAT_IF_TICKETS,
        },
        stream: { tail, partitions: log.partitions, mostClients: config.EVENT_STREAM_CLIENTS },
      }),
      {
        config,
        logger,
        metrics,
        health,
        clock,
        textTypes: ['application/yaml', 'text/yaml', 'application/x-yaml'],
        openApi: { title: 'Punctual SLA clock', description: 'Clocks, verdicts, explanations.', version: '1' },
      },
    );
    closers.push(() => http.stop());
    // Followed streams never end by themselves, and HTTP waits for what is in hand.
    closers.push(() => tail.stop());
    const keeper = new MonthKeeper(dataSource, logger, config.SLA_EVENTS_KEPT_DAYS * 86_400_000);
    closers.push(() => keeper.stop());
    http.app.connectMicroservice({ strategy });
    await http.app.startAllMicroservices();
    keeper.start();
    logger.pino.info({ url: http.url, partitions: log.partitions }, 'the SLA clock is consuming');
    return { url: http.url, caughtUp: async () => strategy.processing?.caughtUp(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ownedPartitions({ processing }: EventLogStrategy): ReadonlySet<number> {
  return new Set(processing?.status().partitions.map(({ partition }) => partition));
}

async function openDatabase(config: SlaClockConfig, logger: ServiceLogger): Promise<DataSource> {
  return createDataSource({
    ...slaClockDatabase,
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'sla-clock',
    onWaiting: (reason) => logger.pino.info({ reason }, 'waiting for PostgreSQL'),
  });
}
