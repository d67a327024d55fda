import {
  ConfigError,
  createDataSource,
  createLogger,
  createMetrics,
  databaseAnswers,
  Health,
  PolicyVersionEntity,
  PolicyVersions,
  PolicyVersions1735689600000,
  startHttp,
  SurgeDeclarations,
  SurgeDeclarations1790000700000,
  systemClock,
  watchClockSkew,
  type Clock,
  type ServiceLogger,
} from '@punctual/service-kit';
import { openEventLog, pinoStreamLogger, streamMigrations, type EventLog, type UpstreamTiming } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { AccessTokens } from './access-tokens.js';
import { EventPublisher } from './event-publisher.js';
import type { IntakeConfig } from './intake-config.js';
import { IntakeMetrics } from './intake-metrics.js';
import { IntakeModule } from './intake-module.js';
import { IntakeTables1790000100000 } from './intake.migration.js';
import { PolicyPublisher } from './policy-publisher.js';
import { punctualPolicies } from './punctual-policies.js';
import { SourceEntity } from './source.entity.js';
import { Sources } from './sources.js';
import { assembleUpstreams, followRedriven } from './start-upstreams.js';
import { SurgeAnnouncer } from './surge-announcer.js';
import { UpstreamPositions1790000200000 } from './upstreams.migration.js';
import { readUpstreams } from './upstreams-file.js';
import { WatermarkLeadership } from './watermark-leadership.js';
import { WatermarkTicker, type Tick } from './watermark-ticker.js';
import { cloudEventSchema } from './wire-schemas.js';

/** What a DataSource given to `createIntake` must have been made with (schema `intake`). */
export const intakeDatabase = {
  schema: 'intake',
  entities: [SourceEntity, PolicyVersionEntity],
  migrations: [
    ...streamMigrations,
    PolicyVersions1735689600000,
    IntakeTables1790000100000,
    UpstreamPositions1790000200000,
    SurgeDeclarations1790000700000,
  ],
} as const;

export interface IntakeOptions {
  readonly config: IntakeConfig;
  /** The log to write; opened by `config` and closed with intake if absent. */
  readonly eventLog?: EventLog;
  /** Opened by `config` and closed with intake if absent. */
  readonly dataSource?: DataSource;
  readonly clock?: Clock;
  readonly logger?: ServiceLogger;
  /** How patient the consumers of upstream streams are; for tests. */
  readonly upstreamTiming?: Partial<UpstreamTiming>;
}

export interface Intake {
  readonly url: string;
  /** One watermark now, besides those of the interval (`WATERMARK_INTERVAL_MS=0`: there are no others). */
  tick(): Promise<Tick>;
  /** Answers what is in hand, gives the watermark up, closes what it opened. */
  stop(): Promise<void>;
}

/** Starts intake, alone or inside another process. Ready when it resolves. */
export async function createIntake(options: IntakeOptions): Promise<Intake> {
  const { config } = options;
  const clock = options.clock ?? systemClock;
  const logger =
    options.logger ?? createLogger({ service: 'intake', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const streams = readUpstreams(config);
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
        clientId: `punctual-intake-${config.INSTANCE_ID}`,
        clock,
        logger: pinoStreamLogger(logger.pino),
      }));
    if (options.eventLog === undefined) closers.push(() => log.close());

    const versions = new PolicyVersions(dataSource);
    const policies = new PolicyPublisher(versions, punctualPolicies, log, dataSource, clock);
    await policies.registerBuiltIns();
    await assertDefaultPolicy(config, versions);

    const surges = new SurgeAnnouncer(new SurgeDeclarations(dataSource), versions, log, dataSource, clock);
    const metrics = createMetrics('intake');
    const sources = new Sources(dataSource, clock);
    const { upstreams, translators } = assembleUpstreams({
      config,
      streams,
      log,
      dataSource,
      versions,
      sources,
      clock,
      logger,
      metrics,
      timing: options.upstreamTiming ?? {},
    });
    closers.push(() => upstreams.stop());
    const ticker: WatermarkTicker = new WatermarkTicker({
      log,
      dataSource,
      leadership: new WatermarkLeadership(config.DATABASE_URL, logger),
      clock,
      logger,
      intervalMs: config.WATERMARK_INTERVAL_MS,
      beforeAppend: async () => {
        await policies.announcePending();
        await surges.announcePending();
        await upstreams.check();
      },
      upstreamTimes: () => upstreams.times(),
    });
    closers.push(() => ticker.stop());
    const intakeMetrics = new IntakeMetrics(metrics, {
      ageSeconds: () => ticker.ageSeconds(),
      isLeader: () => ticker.isLeader,
    });
    const health = new Health();
    health.addCheck('database', databaseAnswers(dataSource));
    // A clock that was handed in need not be the world's.
    if (clock === systemClock) health.addCheck('clock', watchClockSkew(dataSource, clock, metrics));
    health.addRemark('upstreams', () => upstreams.remark());
    const tokens = new AccessTokens(config.INTAKE_TOKENS);
    const http = await startHttp(
      IntakeModule.over({
        config,
        sources,
        versions,
        events: new EventPublisher(log, intakeMetrics),
        policies,
        surges,
        ticker,
      }),
      {
        config,
        logger,
        metrics,
        health,
        clock,
        openApi: {
          title: 'Punctual intake',
          description: 'Ticket events in; policies; sources and their historical sessions.',
          version: '1',
          schemas: { TicketCloudEvent: cloudEventSchema },
        },
        textTypes: ['application/yaml', 'text/yaml', 'application/x-yaml'],
        maxInFlightBytes: config.INTAKE_MAX_IN_FLIGHT_BYTES,
        beforeBody: (request) => {
          if (request.routeOptions.url?.startsWith('/v1/')) tokens.check(request.headers.authorization);
        },
      },
    );
    closers.push(() => http.stop());
    closers.push(await followRedriven(log, translators));
    upstreams.start();
    ticker.start();
    logger.pino.info({ url: http.url, partitions: log.partitions }, 'intake is listening');
    return { url: http.url, tick: () => ticker.tick(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(config: IntakeConfig, logger: ServiceLogger): Promise<DataSource> {
  return createDataSource({
    ...intakeDatabase,
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'intake',
    onWaiting: (reason) => logger.pino.info({ reason }, 'waiting for PostgreSQL'),
  });
}

async function assertDefaultPolicy(config: IntakeConfig, versions: PolicyVersions): Promise<void> {
  if (await versions.isPublished(config.DEFAULT_POLICY)) return;
  const known = [...new Set((await versions.list()).map((version) => version.policy))].join(', ');
  throw new ConfigError([
    {
      variable: 'DEFAULT_POLICY',
      what: `no policy '${config.DEFAULT_POLICY}' is published`,
      fix: `Set it to one of ${known}, or publish that policy first.`,
    },
  ]);
}
