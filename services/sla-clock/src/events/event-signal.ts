import type { ServiceLogger } from '@punctual/service-kit';
import pg from 'pg';

const CHANNEL = 'punctual_sla_events';

/** The least time between two notifications, ms: a NOTIFY in each commit would cost more than the commit. */
const EVERY_MS = 20;

/** A notification may be lost with its connection; readers look by themselves this often, ms. */
const BEAT_MS = 5_000;

const RECONNECT_MS = 1_000;

/**
 * Tells every instance that SLA events were published, over one connection of its own and outside the data transactions. A hint only:
 * readers look by themselves as well.
 */
export class EventSignal {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private beat: NodeJS.Timeout | undefined;
  /** Something was published since the last notification began. */
  private unsaid = false;
  private stopped = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly logger: ServiceLogger,
    private readonly onSignal: () => void,
  ) {}

  async start(): Promise<void> {
    this.beat = setInterval(this.onSignal, BEAT_MS);
    this.beat.unref();
    await this.connect();
  }

  /** Called after a commit that published. */
  announce(): void {
    this.onSignal();
    this.unsaid = true;
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.reconnect);
    clearInterval(this.beat);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  /** One notification at a time; what is announced meanwhile goes with the next. */
  private async notify(): Promise<void> {
    this.unsaid = false;
    await this.client?.query('SELECT pg_notify($1, $2)', [CHANNEL, '']).catch(() => undefined);
    this.timer = undefined;
    if (this.unsaid) this.schedule();
  }

  private schedule(): void {
    if (this.stopped || this.timer !== undefined) return;
    this.timer = setTimeout(() => void this.notify(), EVERY_MS);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'sla-clock events',
      keepAlive: true,
    });
    let lost = false;
    const again = (): void => {
      if (lost) return;
      lost = true;
      if (this.client === client) this.client = null;
      client.end().catch(() => undefined);
      if (!this.stopped) this.reconnect = setTimeout(() => void this.connect(), RECONNECT_MS);
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', this.onSignal);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.client = client;
      this.onSignal();
    } catch (error) {
      this.logger.pino.warn({ err: error }, 'cannot listen for SLA events of other instances yet');
      again();
    }
  }
}
