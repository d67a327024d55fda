import { createLogger } from '@punctual/service-kit';
import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIntake, type Intake } from './create-intake.js';
import { readIntakeConfig } from './intake-config.js';
import { created, send } from './running-intake.spec-kit.js';

/** A wire to PostgreSQL that can be cut. */
class Wire {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  constructor(private readonly target: URL) {}

  async join(): Promise<void> {
    this.server = createServer((socket) => {
      const onward = connect(Number(this.target.port), this.target.hostname);
      for (const [end, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.sockets.add(end);
        end
          .on('error', () => undefined)
          .on('close', () => other.destroy())
          .pipe(other);
      }
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = this.server && once(this.server, 'close');
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    await closed;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.toString();
  }
}

describe('while PostgreSQL is out of reach', () => {
  let database: TestDatabase;
  let wire: Wire;
  let intake: Intake;

  beforeAll(async () => {
    database = await (await startPostgres()).createDatabase();
    wire = new Wire(new URL(database.url));
    await wire.join();
    // Everything that intake opens by itself: its database, and the log on it.
    intake = await createIntake({
      config: readIntakeConfig({ DATABASE_URL: wire.url, WATERMARK_INTERVAL_MS: '0' }),
      logger: createLogger({ service: 'intake', level: 'silent' }),
    });
  });
  afterAll(async () => {
    await intake.stop();
    await wire.cut();
    await database.drop();
  });

  const now = (): string => new Date().toISOString();

  it('refuses events for now, is not ready, appends no watermark; and goes on by itself when it is back', async () => {
    expect((await send(intake.url, 'POST', '/v1/events', created('one', { time: now() }))).status).toBe(202);
    expect(await intake.tick()).toBe('appended');
    await wire.cut();
    const refused = await send(intake.url, 'POST', '/v1/events', created('two', { time: now() }));
    expect(refused.body).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await send(intake.url, 'GET', '/health/ready')).body).toMatchObject({ status: 'not_ready' });
    expect((await send(intake.url, 'GET', '/health/live')).status).toBe(200);
    expect(await intake.tick()).not.toBe('appended');
    await wire.join();
    await expect
      .poll(async () => (await send(intake.url, 'POST', '/v1/events', created('two', { time: now() }))).status)
      .toBe(202);
    expect((await send(intake.url, 'GET', '/health/ready')).status).toBe(200);
    await expect.poll(() => intake.tick()).toBe('appended');
  });
});
