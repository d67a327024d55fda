import { topics } from '@punctual/contracts';
import { compilePolicy, type DeskPolicy, type ResolvedPolicy } from '@punctual/policy';
import {
  assembleService,
  DeskDeclarations,
  DeskFigures1790001000000,
  Leadership,
  PinnedPolicies,
  PolicyVersionEntity,
  PolicyVersions,
  PolicyVersions1735689600000,
  Staffing,
  startHttp,
  SurgeDeclarations1790000700000,
  type Assembled,
  type ServiceOptions,
  type ServiceParts,
} from '@punctual/service-kit';
import { EventLogStrategy, openServiceLog, streamMigrations, whyNotFollowing, type EventLog } from '@punctual/stream';
import { DeskDecider, type Look } from './desk/desk-decider.js';
import { deskElection } from './desk/desk-election.js';
import { addDeciderGauge } from './desk/desk-metrics.js';
import { EventStreamMetrics } from './event-stream-metrics.js';
import { EventSignal } from './events/event-signal.js';
import { EventTail } from './events/event-tail.js';
import { ClockFolder } from './fold/clock-folder.js';
import { PartitionTimes } from './fold/partition-times.js';
import { MonthKeeper } from './month-keeper.js';
import type { SlaClockConfig } from './sla-clock-config.js';
import { SlaClockMetrics } from './sla-clock-metrics.js';
import { SlaClockModule } from './sla-clock.module.js';
import { CountOpenClocks1790002200000 } from './storage/count-open-clocks.migration.js';
import { CreateDesks1790001000000 } from './storage/create-desks.migration.js';
import { CreateIncomplete1790000200000 } from './storage/create-incomplete.migration.js';
import { CreatePolicyWalks1790000600000 } from './storage/create-policy-walks.migration.js';
import { IndexJudgedCycles1790001700000 } from './storage/index-judged-cycles.migration.js';
import { IndexOpenWork1790000400000 } from './storage/index-open-work.migration.js';
import { databaseSql } from './storage/database-sql.js';
import { IndexEscalations1790001900000 } from './storage/index-escalations.migration.js';
import { AddTransferLinks1790001800000 } from './storage/add-transfer-links.migration.js';
import { CreateTicketLinks1790001400000 } from './storage/create-ticket-links.migration.js';
import { CreateQueue1790001100000 } from './storage/create-queue.migration.js';
import { CreateTimers1790002300000 } from './storage/create-timers.migration.js';
import { DropClockLiveDue1790002400000 } from './storage/drop-clock-live-due.migration.js';
import { DropQueueDue1790001200000 } from './storage/drop-queue-due.migration.js';
import { EndTickets1790001500000 } from './storage/end-tickets.migration.js';
import { CreateSurges1790000700000 } from './storage/create-surges.migration.js';
import { CreateSlaClockTables1767225600000 } from './storage/create-sla-clock-tables.migration.js';
import { AddSealing1790000300000 } from './storage/add-sealing.migration.js';
import { AddTicketScheme1790001300000 } from './storage/add-ticket-scheme.migration.js';
import { CreateForgotten1790000500000 } from './storage/create-forgotten.migration.js';
import { CutIntoMonths1790000100000 } from './storage/cut-into-months.migration.js';
import { MergeSurgeWalks1790000800000 } from './storage/merge-surge-walks.migration.js';
import { MonthPartitions } from './storage/month-partitions.js';
import { slaClockEntities } from './storage/sla-clock-entities.js';
import { comparablePolicy } from './what-if/comparable-policy.js';
import { ComparisonTurn } from './what-if/comparison-turn.js';

/** What a DataSource given to `createSlaClock` must have been made with (schema `sla_clock`). */
export const slaClockDatabase = {
  schema: 'sla_clock',
  entities: [PolicyVersionEntity, ...slaClockEntities],
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
    MergeSurgeWalks1790000800000,
    SurgeDeclarations1790000700000,
    DeskFigures1790001000000,
    CreateDesks1790001000000,
    CreateQueue1790001100000,
    DropQueueDue1790001200000,
    AddTicketScheme1790001300000,
    CreateTicketLinks1790001400000,
    EndTickets1790001500000,
    IndexJudgedCycles1790001700000,
    AddTransferLinks1790001800000,
    IndexEscalations1790001900000,
    CountOpenClocks1790002200000,
    CreateTimers1790002300000,
    DropClockLiveDue1790002400000,
  ],
} as const;

export type SlaClockOptions = ServiceOptions<SlaClockConfig, EventLog>;

interface Consuming {
  readonly url: string;
  /** Resolves when everything now in `tickets.classified` has been folded. */
  caughtUp(): Promise<void>;
  /** Measures desks now, besides by the interval (`DESK_INTERVAL_MS=0`: only so). */
  measureDesks(): Promise<Look>;
}

/** The SLA clock at work. */
export type SlaClock = Assembled<Consuming>;

/** Starts the SLA clock, alone or inside another process. It consumes when this resolves. */
export async function createSlaClock(options: SlaClockOptions): Promise<SlaClock> {
  const description = { name: 'sla-clock', database: slaClockDatabase, openLog: openServiceLog };
  return assembleService(description, options, startConsuming);
}

async function startConsuming(parts: ServiceParts<SlaClockConfig, EventLog>): Promise<Consuming> {
  const { config, clock, logger, dataSource, log, metrics, health, onStop } = parts;
  const strategy = new EventLogStrategy({ log, group: 'sla-clock', topics: [topics.classified] });
  const versions = new PolicyVersions(dataSource);
  const policies = new PinnedPolicies<DeskPolicy>(versions, (document) => compilePolicy(document as ResolvedPolicy));
  const observer: SlaClockMetrics = new SlaClockMetrics(metrics, {
    dataSource,
    clock,
    logger,
    processing: () => strategy.processing,
    held: () => folder.held(ownedPartitions(strategy)),
    wakeReaders: () => signal.announce(),
  });
  const sql = databaseSql(dataSource);
  const folder = new ClockFolder(policies, new MonthPartitions(dataSource), observer, clock);
  const tail = new EventTail(sql, log.partitions, logger);
  const streaming = new EventStreamMetrics(metrics, () => tail.followers);
  const signal = new EventSignal(config.DATABASE_URL, logger, () => tail.wake());
  onStop(() => signal.stop());
  await signal.start();
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
      stream: {
        tail,
        partitions: log.partitions,
        mostClients: config.EVENT_STREAM_CLIENTS,
        heartbeatMs: config.EVENT_STREAM_HEARTBEAT_MS,
        cutOff: (why) => streaming.cutOff(why),
      },
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
  onStop(() => http.stop());
  // Followed streams never end by themselves, and HTTP waits for what is in hand.
  onStop(() => tail.stop());
  const keeper = new MonthKeeper(dataSource, logger, config.SLA_EVENTS_KEPT_DAYS * 86_400_000);
  onStop(() => keeper.stop());
  const decider = new DeskDecider({
    sql,
    partitions: log.partitions,
    policies,
    declarations: new DeskDeclarations(dataSource),
    staffing: new Staffing(dataSource),
    leadership: new Leadership(config.DATABASE_URL, deskElection, logger),
    clock,
    logger,
    intervalMs: config.DESK_INTERVAL_MS,
  });
  onStop(() => decider.stop());
  addDeciderGauge(metrics, decider);
  http.app.connectMicroservice({ strategy });
  await http.app.startAllMicroservices();
  keeper.start();
  decider.start();
  logger.pino.info({ url: http.url, partitions: log.partitions }, 'the SLA clock is consuming');
  return {
    url: http.url,
    caughtUp: async () => strategy.processing?.caughtUp(),
    measureDesks: () => decider.look(),
  };
}

function ownedPartitions({ processing }: EventLogStrategy): ReadonlySet<number> {
  return new Set(processing?.status().partitions.map(({ partition }) => partition));
}
