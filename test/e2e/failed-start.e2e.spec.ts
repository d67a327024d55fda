import { startServiceProcess } from '@punctual/standalone';
import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** Keeps a process as something that a failed start has left open would. */
const somethingOpen = '--import=data:text/javascript,setInterval(()=>{},60000)';

describe.skipIf(process.platform === 'win32')('a service that cannot start', () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  let taken: Server;
  let port: string;
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'deploy/build/run.mjs'), '--build-only'], { cwd: root });
    postgres = await startPostgres();
    database = await postgres.createDatabase();
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    port = String((taken.address() as AddressInfo).port);
  });
  afterAll(async () => {
    taken.close();
    await once(taken, 'close');
    await database.drop();
    await postgres.stop();
  });

  it.each(['intake', 'classifier', 'sla-clock'] as const)('%s says why and ends, whatever is open', async (service) => {
    let said: (line: string) => void = () => undefined;
    const lastWords = new Promise<string>((resolve) => (said = resolve));
    const running = startServiceProcess({
      name: service,
      main: join(root, 'services', service, 'dist/bundle/main.js'),
      env: {
        ...{ HOST: '127.0.0.1', PORT: port, DATABASE_URL: database.url },
        ...{ KAFKA_BROKERS: '', NODE_OPTIONS: somethingOpen },
      },
      onLine: (line) => {
        if (line.includes('"level":"fatal"')) said(line);
      },
    });
    try {
      const { msg, err } = JSON.parse(await lastWords) as { msg: string; err: { message: string } };
      expect(msg).toBe(`${service} cannot start`);
      expect(err.message).toContain('EADDRINUSE');
      const tooLate = new Promise<string>((resolve) => setTimeout(() => resolve('still there'), 5_000).unref());
      expect(await Promise.race([running.ended, tooLate])).toBe('exit code 1');
    } finally {
      running.signal('SIGKILL');
    }
  });
});
