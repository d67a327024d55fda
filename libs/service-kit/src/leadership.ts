import pg from 'pg';
import type { ServiceLogger } from './logger.js';

/** What the leader may do on the connection that holds its election. */
export interface LeaderSession {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** What an election is about: a PostgreSQL advisory lock in its two-key form. */
export interface Election {
  /** As PostgreSQL and the log name it, such as `intake watermark`. */
  readonly name: string;
  readonly space: number;
  readonly lock: number;
}

/**
 * Election of the one instance that does something for all: whoever holds a PostgreSQL advisory lock on a connection of its own. A lost
 * connection loses the election; PostgreSQL notices a vanished machine by TCP keepalive within some ten seconds.
 */
export class Leadership {
  private client: pg.Client | undefined;
  private elected = false;

  constructor(
    private readonly url: string,
    private readonly election: Election,
    private readonly logger: ServiceLogger,
  ) {}

  get isLeader(): boolean {
    return this.elected;
  }

  /** The leader's session, or null where another instance leads or the database is out of reach. Asks for the election if need be. */
  async session(): Promise<LeaderSession | null> {
    try {
      const client = this.client ?? (await this.connect());
      if (!this.elected) this.elected = await elect(client, this.election);
      if (!this.elected || this.client !== client) return null;
      return sessionOf(client);
    } catch (error) {
      this.logger.pino.warn({ err: error, election: this.election.name }, 'an election cannot be held');
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
      application_name: this.election.name,
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

async function elect(client: pg.Client, { space, lock }: Election): Promise<boolean> {
  const { rows } = await client.query<{ won: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS won', [space, lock]);
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
