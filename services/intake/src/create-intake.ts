import {
  assembleService,
  ConfigError,
  DeskDeclarations,
  DeskFigures1790001000000,
  Leadership,
  PolicyVersionEntity,
  PolicyVersions,
  PolicyVersions1735689600000,
  startHttp,
  Staffing,
  SurgeDeclarations1790000700000,
  systemClock,
  watchClockSkew,
  type Assembled,
  type ServiceOptions,
  type ServiceParts,
} from '@punctual/service-kit';
import { openServiceLog, streamMigrations, type EventLog, type UpstreamTiming } from '@punctual/stream';
import { AccessTokens } from './access-tokens.js';
import { watermarkElection } from './advisory-locks.js';
import { DeskAnnouncer } from './desk-announcer.js';
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
import { UpstreamPositions1790000200000 } from './upstreams.migration.js';
import { readUpstreams } from './upstreams-file.js';
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
    DeskFigures1790001000000,
  ],
} as const;

export interface IntakeOptions extends ServiceOptions<IntakeConfig, EventLog> {
  /** How patient the consumers of upstream streams are; for tests. */
  readonly upstreamTiming?: Partial<UpstreamTiming>;
}

interface Listening {
  readonly url: string;
  /** One watermark now, besides those of the interval (`WATERMARK_INTERVAL_MS=0`: there are no others). */
  tick(): Promise<Tick>;
}

/** Intake at work; when it stops it gives the watermark up. */
export type Intake = Assembled<Listening>;

/** Starts intake, alone or inside another process. Ready when it resolves. */
export async function createIntake({ upstreamTiming = {}, ...options }: IntakeOptions): Promise<Intake> {
  // Read before anything is opened: a mistake in the file is told at once.
  const streams = readUpstreams(options.config);
  const description = { name: 'intake', database: intakeDatabase, openLog: openServiceLog };
  return assembleService(description, options, (parts) => startListening(parts, streams, upstreamTiming));
}

async function startListening(
  parts: ServiceParts<IntakeConfig, EventLog>,
  streams: ReturnType<typeof readUpstreams>,
  upstreamTiming: Partial<UpstreamTiming>,
): Promise<Listening> {
  const { config, clock, logger, dataSource, log, metrics, health, onStop } = parts;
  const versions = new PolicyVersions(dataSource);
  const policies = new PolicyPublisher(versions, punctualPolicies, log, dataSource, clock);
  await policies.registerBuiltIns();
  await assertDefaultPolicy(config, versions);

  const desks = new DeskAnnouncer(new DeskDeclarations(dataSource), versions, log, dataSource, clock);
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
    timing: upstreamTiming,
  });
  onStop(() => upstreams.stop());
  const ticker: WatermarkTicker = new WatermarkTicker({
    log,
    dataSource,
    leadership: new Leadership(config.DATABASE_URL, watermarkElection, logger),
    clock,
    logger,
    intervalMs: config.WATERMARK_INTERVAL_MS,
    beforeAppend: async () => {
      await policies.announcePending();
      await desks.announcePending();
    },
    beforeRound: () => upstreams.check(),
    upstreamTimes: () => upstreams.times(),
  });
  onStop(() => ticker.stop());
  const intakeMetrics = new IntakeMetrics(metrics, {
    ageSeconds: () => ticker.ageSeconds(),
    isLeader: () => ticker.isLeader,
  });
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
      desks,
      staffing: new Staffing(dataSource),
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
  onStop(() => http.stop());
  onStop(await followRedriven(log, translators));
  upstreams.start();
  ticker.start();
  logger.pino.info({ url: http.url, partitions: log.partitions }, 'intake is listening');
  return { url: http.url, tick: () => ticker.tick() };
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
