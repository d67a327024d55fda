import { kafkaUnavailable } from '@punctual/test-kit';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const reason = await kafkaUnavailable();

/** The processes that a start has begun and that run now: their pids by what they run. */
function children(pid: number): Map<string, number> {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const found = new Map<string, number>();
  for (const line of table.split('\n')) {
    const [, child, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const what = /services\/([a-z-]+)\/dist\/bundle\/main\.js|(kafka)\.Kafka/.exec(args ?? '');
    if (Number(parent) === pid && what !== null) found.set(what[1] ?? what[2] ?? '', Number(child));
  }
  return found;
}

describe.skipIf(reason !== null || process.platform === 'win32')(
  `the one command on Kafka${reason === null ? '' : ` (skipped: ${reason})`}`,
  { timeout: 150_000 },
  () => {
    let data: string;
    let child: ChildProcess;
    let output = '';

    const start = (): void => {
      output = '';
      const ports = ['intake', 'classifier', 'sla-clock'].flatMap((name) => [`--port-${name}`, '0']);
      const { DATABASE_URL: _url, KAFKA_BROKERS: _brokers, ...env } = process.env;
      const args = ['deploy/build/run.mjs', '@punctual/standalone', '--kafka', '--empty', '--data', data, ...ports];
      child = spawn(process.execPath, args, { cwd: root, env });
      child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    };
    const says = (what: RegExp) => expect.poll(() => output, { timeout: 60_000 }).toMatch(what);
    const url = (service: string) => new RegExp(`^ *${service} +(http://\\S+)`, 'm').exec(output)?.[1] ?? '';
    const send = (ticket: string) =>
      fetch(`${url('intake')}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({
          ...{ specversion: '1.0', id: `${ticket}-1`, source: 'desk', type: 'ticket.created', subject: ticket },
          time: new Date().toISOString(),
          data: { subject: 'Everything is down', priority: 'critical', actor: { role: 'requester' } },
        }),
      });
    const known = async (ticket: string) => {
      const answer = await fetch(`${url('sla-clock')}/v1/tickets/desk/${ticket}`).catch(() => null);
      return answer?.ok === true;
    };

    beforeAll(() => {
      data = mkdtempSync(join(tmpdir(), 'punctual-start-kafka-'));
      chmodSync(data, 0o755);
      start();
    });
    afterAll(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    });

    it('runs a broker and three services, each in a process of its own', async () => {
      await says(/Punctual is ready/);
      expect(output).toMatch(/event log +Apache Kafka on 127\.0\.0\.1:\d+/);
      expect([...children(child.pid ?? 0).keys()].sort()).toEqual(['classifier', 'intake', 'kafka', 'sla-clock']);
      expect((await send('K-1')).status).toBe(202);
      await expect.poll(() => known('K-1'), { timeout: 30_000 }).toBe(true);
    });

    it('starts a service that was killed again, says so, and loses nothing', async () => {
      process.kill(children(child.pid ?? 0).get('sla-clock') ?? 0, 'SIGKILL');
      expect((await send('K-2')).status).toBe(202);
      await says(/sla-clock ended \(SIGKILL\); starting it again in 0\.5 s/);
      await says(/sla-clock runs again/);
      await expect.poll(() => known('K-2'), { timeout: 30_000 }).toBe(true);
    });

    it('leaves nothing behind when it is killed itself but its database, and goes on from there', async () => {
      expect((await send('K-3')).status).toBe(202);
      const before = [...children(child.pid ?? 0).values()];
      child.kill('SIGKILL');
      await expect.poll(() => before.filter(isAlive), { timeout: 10_000 }).toEqual([]);
      start();
      await says(/Punctual is ready/);
      await expect.poll(() => known('K-3'), { timeout: 30_000 }).toBe(true);
    });

    it('stops all of it in order', async () => {
      const before = [...children(child.pid ?? 0).values()];
      expect(before).toHaveLength(4);
      child.kill('SIGINT');
      await expect.poll(() => child.exitCode, { timeout: 60_000 }).toBe(0);
      expect(output).toContain('Stopped; nothing is lost.');
      expect(before.filter(isAlive)).toEqual([]);
      expect(existsSync(join(data, 'postgres', 'postmaster.pid'))).toBe(false);
    });
  },
);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
