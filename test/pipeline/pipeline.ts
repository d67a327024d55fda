import { createClassifier, readClassifierConfig, classifierDatabase, type Classifier } from '@punctual/classifier';
import {
  horizonOf,
  policyPartition,
  ticketPartition,
  topics,
  withoutText,
  type SlaEvent,
  type SurgeRecord,
  type TicketEvent,
  type Watermark,
} from '@punctual/contracts';
import { decidePriorities, toPriorityInput, withAskedInText } from '@punctual/classification';
import { compilePolicy, loadPolicy, resolvePolicy, type CompiledPolicy, type ResolvedPolicy } from '@punctual/policy';
import { createDataSource, createLogger, PolicyVersions, PolicyVersions1735689600000 } from '@punctual/service-kit';
import { createIntake, readIntakeConfig, type Intake } from '@punctual/intake';
import { createSlaClock, readSlaClockConfig, slaClockDatabase, type SlaClock } from '@punctual/sla-clock';
import { foldTicket, type FoldedFromStart, type PolicySchedule, type PublicationMode } from '@punctual/sla-engine';
import { openEventLog, streamMigrations, type EventLog, type LogRecord } from '@punctual/stream';
import { ManualClock, startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { LogEnvironment } from './event-logs.spec-kit.js';

const PARTITIONS = 4;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface PipelineOptions {
  /** Where the event log is; the embedded one where absent. */
  readonly log?: LogEnvironment;
  /** YAML that is added to the policy of the tests, or what else its text becomes. */
  readonly policy?: string | ((text: string) => string);
}

/** The classifier and the SLA clock on one real PostgreSQL and one event log, fed by hand. */
export class Pipeline {
  classifier: Classifier | undefined;
  slaClock: SlaClock | undefined;
  readonly policy: CompiledPolicy;
  /** What the definition folds with: every version published so far. */
  private readonly publications: PolicySchedule['publications'][number][];
  private readonly intakes: Intake[] = [];

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly log: EventLog,
    readonly clock: ManualClock,
    resolved: ResolvedPolicy,
  ) {
    this.policy = compilePolicy(resolved);
    this.publications = [{ effectiveAt: 0, mode: 'pin', policy: this.policy }];
  }

  static async start({ log: where = {}, policy: more = '' }: PipelineOptions = {}): Promise<Pipeline> {
    const postgres = await startPostgres();
    const database = await postgres.createDatabase();
    const dataSource = await createDataSource({
      url: database.url,
      schema: 'pipeline_test',
      entities: [...slaClockDatabase.entities],
      migrations: [...streamMigrations, PolicyVersions1735689600000],
      poolSize: 10,
      applicationName: 'pipeline-test',
    });
    const clock = new ManualClock('2026-03-02T12:00:00Z');
    const config = readSlaClockConfig({ DATABASE_URL: database.url, PARTITIONS: String(PARTITIONS), ...where });
    const log = await openEventLog(config, dataSource, { clientId: 'pipeline-test', clock, logger: silent });
    const resolved = acmePolicy(typeof more === 'string' ? (text) => `${text}${more}` : more);
    await publishPolicy(dataSource, resolved);
    const pipeline = new Pipeline(postgres, database, dataSource, log, clock, resolved);
    await pipeline.startServices();
    return pipeline;
  }

  async startServices(): Promise<void> {
    const env = { DATABASE_URL: this.database.url, PARTITIONS: String(PARTITIONS), LOG_LEVEL: 'error' };
    const { log: eventLog, clock } = this;
    const logger = createLogger({ service: 'test', level: process.env['TEST_LOG_LEVEL'] ?? 'error' });
    this.classifier = await createClassifier({ config: readClassifierConfig(env), eventLog, clock, logger });
    this.slaClock = await this.startSlaClock();
  }

  /** While `work` is done, another SLA clock takes partitions over from this one; `settings` are of its environment. */
  async besideAnother(
    work: (another: SlaClock) => Promise<void>,
    settings: Record<string, string> = {},
  ): Promise<void> {
    const another = await this.startSlaClock(settings);
    try {
      await work(another);
    } finally {
      await another.stop();
    }
  }

  private startSlaClock(settings: Record<string, string> = {}): Promise<SlaClock> {
    const env = {
      DATABASE_URL: this.database.url,
      PARTITIONS: String(PARTITIONS),
      LOG_LEVEL: 'error',
      DESK_INTERVAL_MS: '0',
      ...settings,
    };
    const logger = createLogger({ service: 'test', level: process.env['TEST_LOG_LEVEL'] ?? 'error' });
    return createSlaClock({ config: readSlaClockConfig(env), eventLog: this.log, clock: this.clock, logger });
  }

  async stopServices(): Promise<void> {
    await this.classifier?.stop();
    await this.slaClock?.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.intakes.map((intake) => intake.stop()));
    await this.stopServices();
    const astray = await this.timersAstray();
    await this.log.close();
    await this.dataSource.destroy();
    await this.database.drop();
    await this.postgres.stop();
    if (astray.length > 0)
      throw new Error(`timers that tickets do not have, or the reverse: ${JSON.stringify(astray)}`);
  }

  /** Timers of tickets that stand in one of the two places only, as the store was left. */
  private timersAstray(): Promise<unknown[]> {
    return this.dataSource.query(
      `WITH of_tickets AS (SELECT partition, source, timer_at, ticket, settle_ms FROM sla_clock.ticket WHERE timer_at IS NOT NULL),
            timers AS (SELECT partition, source, wake_at, ticket, settle_ms FROM sla_clock.timer)
       (TABLE of_tickets EXCEPT ALL TABLE timers) UNION ALL (TABLE timers EXCEPT ALL TABLE of_tickets)`,
    );
  }

  /** Intake on the same database, log and clock; it appends watermarks when it is told to, and stops with the pipeline. */
  async startIntake(): Promise<Intake> {
    const env = {
      DATABASE_URL: this.database.url,
      PARTITIONS: String(PARTITIONS),
      LOG_LEVEL: 'error',
      DEFAULT_POLICY: 'acme',
      WATERMARK_INTERVAL_MS: '0',
    };
    const logger = createLogger({ service: 'test', level: process.env['TEST_LOG_LEVEL'] ?? 'error' });
    const intake = await createIntake({ config: readIntakeConfig(env), eventLog: this.log, clock: this.clock, logger });
    this.intakes.push(intake);
    return intake;
  }

  /** Time comes to `at`, with a watermark of intake and what is declared before it, until all of it is folded. */
  async reach(intake: Intake, at: number): Promise<void> {
    this.clock.set(at);
    const tick = await intake.tick();
    if (tick !== 'appended') throw new Error(`intake appended no watermark: ${tick}`);
    await this.settled();
  }

  /** Everything published on `sla.events`. */
  async published(): Promise<SlaEvent[]> {
    return (await this.recordsOn(topics.sla)).map(({ value }) => value as SlaEvent);
  }

  /** Another pipeline reads this one's log from its start. */
  async replayInto(again: Pipeline): Promise<void> {
    const records = await this.recordsOn(topics.received);
    await again.log.publish(records.map(({ topic, partition, key, value }) => ({ topic, partition, key, value })));
    await again.settled();
  }

  get url(): string {
    return this.slaClock?.url ?? '';
  }

  /** Publishes events as intake does. */
  async send(...events: readonly TicketEvent[]): Promise<void> {
    await this.log.publish(
      events.map((event) => ({
        topic: topics.received,
        partition: ticketPartition(event.source, event.ticket, PARTITIONS),
        key: `${event.source}/${event.ticket}`,
        value: { kind: 'event', event, policy: 'acme' },
      })),
    );
  }

  /** Publishes a watermark to every partition. */
  async tick(at: number, sources: Watermark['sources'] = {}): Promise<void> {
    const value: Watermark = { kind: 'watermark', at, sources };
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    await this.log.publish(
      partitions.map((partition) => ({ topic: topics.received, partition, key: 'watermark', value })),
    );
    this.clock.set(at);
  }

  /** Publishes another version of the policy, as intake does: stores it, and announces it to every partition. */
  async publish(resolved: ResolvedPolicy, mode: PublicationMode, effectiveAt: number): Promise<void> {
    const { version } = resolved;
    const policy = 'acme';
    await new PolicyVersions(this.dataSource).publish({
      ...{ policy, version, document: resolved, effectiveAt, mode },
      publishedAt: this.clock.now(),
    });
    await this.log.publish(
      Array.from({ length: PARTITIONS }, (_, partition) => ({
        ...{ topic: topics.received, partition, key: 'config' },
        value: { kind: 'config', policy, version, at: effectiveAt },
      })),
    );
    this.publications.push({ effectiveAt, mode, policy: compilePolicy(resolved) });
    this.publications.sort((a, b) => a.effectiveAt - b.effectiveAt);
  }

  /** Publishes a surge of the desk to every partition, as intake announces it. */
  async surge(id: string, state: SurgeRecord['state'], at: number): Promise<void> {
    const speaking = policyPartition('acme', PARTITIONS);
    await this.log.publish(
      Array.from({ length: PARTITIONS }, (_, partition) => {
        const said = { policy: 'acme', id, state, at, by: 'Mia', reason: 'half the team is ill' } as const;
        const value: SurgeRecord = { kind: 'surge', ...said, speaks: partition === speaking };
        return { topic: topics.received, partition, key: 'surge', value };
      }),
    );
  }

  /** Everything published so far has gone through both services. */
  async settled(): Promise<void> {
    await this.classifier?.caughtUp();
    await this.slaClock?.caughtUp();
  }

  /** Walks that time has come to at `now` have reached all their tickets, besides: they go on between records. */
  async walked(now = this.clock.now()): Promise<void> {
    const until = performance.now() + 60_000;
    for (;;) {
      const [row] = await this.dataSource.query<{ left: number }[]>(
        `SELECT count(*)::integer AS left FROM sla_clock.policy_walk WHERE finished_at IS NULL AND effective_at < $1`,
        [now - this.policy.settleMs],
      );
      if (row?.left === 0) return;
      if (performance.now() > until) throw new Error('a walk does not come to its end');
      await pause(20);
    }
  }

  /** The SLA events of a ticket in the order of the log. */
  async slaEvents(source: string, ticket: string): Promise<SlaEvent[]> {
    const records = await this.recordsOn(topics.sla);
    return records
      .map(({ value }) => value as SlaEvent)
      .filter((event) => event.source === source && event.ticket === ticket);
  }

  /** Everything that stands on a topic, each partition's records in order. */
  async recordsOn(topic: string): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    await this.log.scan(topic, (record) => void found.push(record));
    return found;
  }

  /** The definition: the same events folded from the start, without services. */
  offline(events: readonly TicketEvent[], at: number): FoldedFromStart {
    const [first] = events;
    if (first === undefined) throw new Error('no events');
    const horizon = horizonOf({ kind: 'watermark', at, sources: {} }, first.source, this.policy.settleMs);
    const inputs = events.flatMap((event) => toPriorityInput(event) ?? []);
    const { priorityHistory, coverageHistory } = decidePriorities(inputs, this.policy);
    const history = {
      events: events.map((event) => withoutText(withAskedInText(event))),
      priorityHistory,
      coverageHistory,
    };
    return foldTicket(
      { source: first.source, ticket: first.ticket },
      history,
      { publications: this.publications },
      horizon,
    );
  }

  async get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${this.url}${path}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
}

/** What stands in a list of SLA events: what was said less what was taken back; warnings, which are news, left out. */
export function netOf(events: readonly SlaEvent[]): string[] {
  const net = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'sla.clock.warning') continue;
    if (event.corrects !== null) net.delete(event.corrects);
    else net.set(event.id, [event.type, event.promise, event.cycleKey, event.at, event.cause].join(' '));
  }
  return [...net.values()].sort();
}

export { classifierDatabase };

/** The policy of the pipeline's tests, or another version of it: `amend` changes its text. */
export function acmePolicy(amend: (text: string) => string = (text) => text): ResolvedPolicy {
  const text = amend(readFileSync(new URL('./acme.policy.yaml', import.meta.url), 'utf8'));
  const { document, diagnostics } = loadPolicy(text, 'acme.policy.yaml');
  if (document === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  return resolvePolicy(document);
}

async function publishPolicy(dataSource: DataSource, resolved: ResolvedPolicy): Promise<void> {
  const { version } = resolved;
  await new PolicyVersions(dataSource).publish({
    policy: 'acme',
    version,
    document: resolved,
    effectiveAt: 0,
    mode: 'pin',
    publishedAt: 0,
  });
}
