import { topics } from '@punctual/contracts';
import { compilePolicy, type DeskPolicy, type ResolvedPolicy } from '@punctual/policy';
import {
  assembleService,
  PinnedPolicies,
  PolicyVersionEntity,
  PolicyVersions,
  PolicyVersions1735689600000,
  startHttp,
  type Assembled,
  type ServiceOptions,
  type ServiceParts,
} from '@punctual/service-kit';
import { EventLogStrategy, openServiceLog, streamMigrations, whyNotFollowing, type EventLog } from '@punctual/stream';
import { AddRequesters1790001600000 } from './add-requesters.migration.js';
import { AddParkedTraceparent1790000900000 } from './add-parked-traceparent.migration.js';
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
    AddParkedTraceparent1790000900000,
    AddRequesters1790001600000,
  ],
} as const;

export type ClassifierOptions = ServiceOptions<ClassifierConfig, EventLog>;

interface Consuming {
  readonly url: string;
  /** Resolves when everything now in `tickets.received` has been classified. */
  caughtUp(): Promise<void>;
}

/** The classifier at work. */
export type Classifier = Assembled<Consuming>;

/** Starts the classifier, alone or inside another process. It consumes when this resolves. */
export async function createClassifier(options: ClassifierOptions): Promise<Classifier> {
  const description = { name: 'classifier', database: classifierDatabase, openLog: openServiceLog };
  return assembleService(description, options, startConsuming);
}

async function startConsuming(parts: ServiceParts<ClassifierConfig, EventLog>): Promise<Consuming> {
  const { config, clock, logger, dataSource, log, metrics, health, onStop } = parts;
  const strategy = new EventLogStrategy({ log, group: 'classifier', topics: [topics.received] });
  const policies = new PinnedPolicies<DeskPolicy>(new PolicyVersions(dataSource), (document) =>
    compilePolicy(document as ResolvedPolicy),
  );
  const folder = new ClassifierFolder(
    policies,
    new ClassifierMetrics(metrics, () => strategy.processing),
    config.CLASSIFIER_KEPT_DAYS * DAY_MS,
  );
  health.addCheck('log', () => whyNotFollowing(strategy.processing));
  const http = await startHttp(ClassifierModule.over({ dataSource, folder }), {
    config,
    logger,
    metrics,
    health,
    clock,
    openApi: { title: 'Punctual classifier', description: 'Why a ticket has its priority.', version: '1' },
  });
  onStop(() => http.stop());
  http.app.connectMicroservice({ strategy });
  await http.app.startAllMicroservices();
  logger.pino.info({ url: http.url, partitions: log.partitions }, 'the classifier is consuming');
  return { url: http.url, caughtUp: async () => strategy.processing?.caughtUp() };
}
