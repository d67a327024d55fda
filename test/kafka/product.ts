import { createClassifier, readClassifierConfig, type Classifier } from '@punctual/classifier';
import { toCloudEvent, type TicketEvent } from '@punctual/contracts';
import { createIntake, readIntakeConfig, type Intake } from '@punctual/intake';
import { createLogger } from '@punctual/service-kit';
import { createSlaClock, readSlaClockConfig, type SlaClock } from '@punctual/sla-clock';
import { ManualClock, startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import { readFileSync } from 'node:fs';

const start = '2026-03-02T09:00:00Z';

/** The three services as their configuration makes them, each with its own pool and its own log, on one database. */
export class Product {
  private constructor(
    private readonly postgres: TestPostgres,
    readonly database: TestDatabase,
    readonly clock: ManualClock,
    readonly intake: Intake,
    readonly classifier: Classifier,
    readonly slaClock: SlaClock,
  ) {}

  /** `env` says where the event log is; the database is a new one unless one is given. */
  static async start(env: Readonly<Record<string, string>>, given?: TestDatabase): Promise<Product> {
    const postgres = await startPostgres();
    const database = given ?? (await postgres.createDatabase());
    try {
      return await Product.startOn(postgres, database, env);
    } catch (error) {
      if (given === undefined) await database.drop();
      throw error;
    }
  }

  private static async startOn(
    postgres: TestPostgres,
    database: TestDatabase,
    env: Readonly<Record<string, string>>,
  ): Promise<Product> {
    const clock = new ManualClock(start);
    const all = { DATABASE_URL: database.url, PARTITIONS: '4', WATERMARK_INTERVAL_MS: '0', DATABASE_POOL: '6', ...env };
    const logger = createLogger({ service: 'test', level: process.env['TEST_LOG_LEVEL'] ?? 'error' });
    const upstreamTiming = { sessionMs: 6_000, heartbeatMs: 200, maxWaitMs: 50, retryMs: 500 };
    const intake = await createIntake({ config: readIntakeConfig(all), clock, logger, upstreamTiming });
    const [classifier, slaClock] = await Promise.all([
      createClassifier({ config: readClassifierConfig(all), clock, logger }),
      createSlaClock({ config: readSlaClockConfig(all), clock, logger }),
    ]);
    return new Product(postgres, database, clock, intake, classifier, slaClock);
  }

  /** The policy of the pipeline's tests, or what `change` makes of it, for tickets created from now on. */
  async publishPolicy(change = (yaml: string): string => yaml): Promise<void> {
    const yaml = change(readFileSync(new URL('../pipeline/acme.policy.yaml', import.meta.url), 'utf8'));
    await this.send('PUT', '/v1/policies/acme', yaml, 'application/yaml');
    await this.send('PUT', '/v1/sources/desk', JSON.stringify({ policy: 'acme' }), 'application/json');
  }

  /** Delivers an event as a helpdesk does, at the time it happened. */
  async deliver(event: TicketEvent, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    this.clock.set(event.occurredAt);
    await this.send('POST', '/v1/events', JSON.stringify(toCloudEvent(event)), 'application/cloudevents+json', headers);
  }

  /** Lets time come to `at` (epoch ms), and resolves when what follows from it is on `sla.events`. */
  async reach(at: number): Promise<void> {
    this.clock.set(at);
    await this.intake.tick();
    await this.classifier.caughtUp();
    await this.slaClock.caughtUp();
  }

  /** Stops the services; the database stays. */
  async stopServices(): Promise<void> {
    await Promise.all([this.intake.stop(), this.classifier.stop(), this.slaClock.stop()]);
  }

  async stop(): Promise<void> {
    await this.stopServices();
    await this.database.drop();
    await this.postgres.stop();
  }

  async send(method: string, path: string, body: string, type: string, more = {}): Promise<void> {
    const answer = await fetch(`${this.intake.url}${path}`, {
      method,
      body,
      headers: { ...more, 'content-type': type },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
}
