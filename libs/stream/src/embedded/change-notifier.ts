import pg from 'pg';
import { backoffMs, pause } from '../backoff.js';
import { describeError, type StreamLogger } from '../stream-logger.js';

/** What can have changed: records were appended, or the members of a group. */
export type Change = 'records' | 'members';

export interface NotifierOptions {
  readonly connection: pg.ClientConfig;
  readonly logId: string;
  /** The least time between two notifications, ms. */
  readonly everyMs: number;
  readonly logger: StreamLogger;
  onChange(change: Change): void;
}

const channel = 'punctual_stream';

/**
 * Tells other processes on the same store that something changed, and hears it from them, over one connection of its own. It is a hint
 * only: notifications are sent outside the data transaction and may be late or lost, and readers poll as well.
 */
export class ChangeNotifier {
  readonly #options: NotifierOptions;
  readonly #self = Math.random().toString(36).slice(2, 10);
  readonly #stop = new AbortController();
  readonly #pending = new Set<Change>();
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastSentAt = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Connects; resolves when listening or after the first failed try. Reconnects from then on. */
  async start(): Promise<void> {
    await new Promise<void>((ready) => {
      this.#running = this.#stayConnected(ready);
    });
  }

  /** Tells the others, at most every `everyMs`. */
  announce(change: Change): void {
    if (this.#stop.signal.aborted) return;
    this.#pending.add(change);
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastSentAt + this.#options.everyMs - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait);
  }

  async stop(): Promise<void> {
    this.#send();
    this.#stop.abort();
    await this.#running;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const client = this.#client;
    // Without a connection it waits for the next one; so does what fails on the way.
    if (client === undefined) return;
    this.#lastSentAt = performance.now();
    const changes = [...this.#pending];
    this.#pending.clear();
    for (const change of changes) {
      const payload = `${this.#options.logId} ${this.#self} ${change}`;
      client.query('SELECT pg_notify($1, $2)', [channel, payload]).catch(() => this.#pending.add(change));
    }
  }

  async #stayConnected(ready: () => void): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      try {
        const { ended } = await this.#connect();
        failures = 0;
        ready();
        // What was announced while nobody listened is found now.
        this.#options.onChange('records');
        this.#options.onChange('members');
        await ended;
      } catch (error) {
        failures += 1;
        this.#options.logger.warn('cannot listen for changes; polling meanwhile', describeError(error));
        ready();
      }
      if (!signal.aborted) await pause(backoffMs(failures + 1, 125, 5_000), signal);
    }
  }

  /** Resolves when listening, with a promise that resolves when the connection has ended. */
  async #connect(): Promise<{ readonly ended: Promise<void> }> {
    const client = new pg.Client({ ...this.#options.connection, application_name: 'punctual-listen', keepAlive: true });
    const { signal } = this.#stop;
    const ended = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', (message) => this.#hear(message.payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    if (this.#pending.size > 0) this.#send();
    const closed = ended.then(async () => {
      this.#client = undefined;
      await client.end().catch(() => undefined);
    });
    return { ended: closed };
  }

  #hear(payload: string): void {
    const [logId, sender, change] = payload.split(' ');
    if (logId !== this.#options.logId || sender === this.#self) return;
    if (change === 'records' || change === 'members') this.#options.onChange(change);
  }
}
