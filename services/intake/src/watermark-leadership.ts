import type { ServiceLogger } from '@punctual/service-kit';
import pg from 'pg';
import { LOCK_SPACE, locks } from './advisory-locks.js';

/** What the leader may do on the connection that holds its election. */
export interface LeaderSession {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * Election of the one instance that appends watermarks: whoever holds a PostgreSQL advisory lock on a connection of its own. A lost
 * connection loses the election; PostgreSQL notices a vanished machine by TCP keepalive within some ten seconds.
 */
export class WatermarkLeadership {
  private client: pg.Client | undefined;
  private elected = false;

  constructor(
    private readonly url: string,
    private readonly logger: ServiceLogger,
  ) {}

  get isLeader(): boolean {
    return this.elected;
  }

  /** The leader's session, or null where another instance leads or the database is out of reach. Asks for the election if need be. */
  async session(): Promise<LeaderSession | null> {
    try {
      const client = this.client ?? (await this.connect());
      if (!this.elected) this.elected = await elect(client);
      if (!this.elected || this.client !== client) return null;
      return sessionOf(client);
    } catch (error) {
      this.logger.pino.warn({ err: error }, 'the election of the watermark leader cannot be held');
      await this.resign();
      return null;
    }
  }

  /** Gives the election up; another instance wins it at its next try. */
  async resign(): Promise<void> {
    const client = this.client;
    this.forget(client);
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'intake watermark',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 15_000,
      keepAlive: true,
      options: '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3',
    });
    client.on('error', () => this.forget(client));
    client.on('end', () => this.forget(client));
    this.client = client;
    await client.connect();
    return client;
  }

  private forget(client: pg.Client | undefined): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.elected = false;
  }
}

async function elect(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ won: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS won', [
    LOCK_SPACE,
    locks.watermarkLeader,
  ]);
  return rows[0]?.won === true;
}

function sessionOf(client: pg.Client): LeaderSession {
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      const { rows } = await client.query<Row>(text, [...values]);
      return rows;
    },
  };
}
