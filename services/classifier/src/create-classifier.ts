import { topics } from '@punctual/contracts';
import { compilePolicy, type DeskPolicy, type ResolvedPolicy } from '@punctual/policy';
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
import { AddTicketEnd1790000600000 } from './add-ticket-end.migration.js';
import { ClassifiedTicketEntity } from './classified-ticket.entity.js';
import type { ClassifierConfig } from './classifier-config.js';
import { ClassifierFolder } from './classifier-folder.js';
import { ClassifierMetrics } from './classifier-metrics.js';
import { ClassifierModule } from './classifier.module.js';
import { CreateClassifierTables1767225600001 } from './create-classifier-tables.migration.js';
import { CreateForgotten1790000500000 } from './create-forgotten.migration.js';
import { DecisionEntity } from './decision.entity.js';
import { ForgottenEntity } from './forgotten.entity.js';
import { ParkedRecordEntity } from './parked-record.entity.js';
import { SeenEventEntity } from './seen-event.entity.js';

const DAY_MS = 86_400_000;

/** What a DataSource given to `createClassifier` must have been made with (schema `classifier`). */
export const classifierDatabase = {
  schema: 'classifier',
  entities: [
    PolicyVersionEntity,
    ClassifiedTicketEntity,
    SeenEventEntity,
    DecisionEntity,
    ParkedRecordEntity,
    ForgottenEntity,
  ],
  migrations: [
    ...streamMigrations,
    PolicyVersions1735689600000,
    CreateClassifierTables1767225600001,
    CreateForgotten1790000500000,
    AddTicketEnd1790000600000,
  ],
} as const;

export interface ClassifierOptions {
  readonly config: ClassifierConfig;
  /** The log to consume; opened by `config` and closed with the service if absent. */
  readonly eventLog?: EventLog;
  /** Opened by `config` and closed with the service if absent. */
  readonly dataSource?: DataSource;
  readonly clock?: Clock;
  readonly logger?: ServiceLogger;
}

export interface Classifier {
  readonly url: string;
  /** Resolves when everything now in `tickets.received` has been classified. */
  caughtUp(): Promise<void>;
  /** Finishes the batches in hand, answers the requests in hand, closes what it opened. */
  stop(): Promise<void>;
}

/** Starts the classifier, alone or inside another process. It consumes when this resolves. */
export async function createClassifier(options: ClassifierOptions): Promise<Classifier> {
  const { config } = options;
  const clock = options.clock ?? systemClock;
  const logger =
    options.logger ?? createLogger({ service: 'classifier', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
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
        clientId: `punctual-classifier-${config.INSTANCE_ID}`,
        clock,
        logger: pinoStreamLogger(logger.pino),
      }));
    if (options.eventLog === undefined) closers.push(() => log.close());

    const strategy = new EventLogStrategy({ log, group: 'classifier', topics: [topics.received] });
    const metrics = createMetrics('classifier');
    const policies = new PinnedPolicies<DeskPolicy>(new PolicyVersions(dataSource), (document) =>
      compilePolicy(document as ResolvedPolicy),
    );
    const folder = new ClassifierFolder(
      policies,
      new ClassifierMetrics(metrics, () => strategy.processing),
      config.CLASSIFIER_KEPT_DAYS * DAY_MS,
    );
    const health = new Health();
    health.addCheck('database', databaseAnswers(dataSource));
    health.addCheck('log', () => whyNotFollowing(strategy.processing));
    const http = await startHttp(ClassifierModule.over({ dataSource, folder }), {
      config,
      logger,
      metrics,
      health,
      clock,
      openApi: { title: 'Punctual classifier', description: 'Why a ticket has its priority.', version: '1' },
    });
    closers.push(() => http.stop());
    http.app.connectMicroservice({ strategy });
    await http.app.startAllMicroservices();
    logger.pino.info({ url: http.url, partitions: log.partitions }, 'the classifier is consuming');
    return { url: http.url, caughtUp: async () => strategy.processing?.caughtUp(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(config: ClassifierConfig, logger: ServiceLogger): Promise<DataSource> {
  return createDataSource({
    ...classifierDatabase,
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'classifier',
    onWaiting: (reason) => logger.pino.info({ reason }, 'waiting for PostgreSQL'),
  });
}
