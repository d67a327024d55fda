import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What `npm start` runs, without npm: signals reach the process itself. */
const root = resolve(import.meta.dirname, '../..');
const [runner, ...args] = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start.split(' ');

const execute = promisify(execFile);

interface Start {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  readonly exited: Promise<number | null>;
  /** Resolves with the ms until the line `Punctual is ready`. */
  ready(limitMs: number): Promise<number>;
}

let data: string;
let running: Start | undefined;

function start(...more: string[]): Start {
  const ports = ['intake', 'classifier', 'sla-clock'].flatMap((name) => [`--port-${name}`, '0']);
  const began = performance.now();
  const { DATABASE_URL: _url, KAFKA_BROKERS: _brokers, ...env } = process.env;
  const child = spawn(
    runner === 'node' ? process.execPath : String(runner),
    [...args, '--data', data, ...ports, ...more],
    {
      cwd: root,
      env,
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  return {
    process: child,
    output: () => output,
    exited,
    ready: async (limitMs) => {
      const end = began + limitMs;
      while (!output.includes('Punctual is ready')) {
        if (child.exitCode !== null || child.signalCode !== null || performance.now() > end)
          throw new Error(`not ready after ${limitMs} ms:\n${output}`);
        await new Promise((done) => setTimeout(done, 50));
      }
      return performance.now() - began;
    },
  };
}

function urlOf(service: string, { output }: Start): string {
  const url = new RegExp(`^ *${service} +(http://\\S+)`, 'm').exec(output())?.[1];
  if (url === undefined) throw new Error(`no address of ${service} in:\n${output()}`);
  return url;
}

async function json(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return { ...((await response.json()) as object), httpStatus: response.status };
}

/** Asks until `holds` answers true, at most 20 s. */
async function eventually(ask: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await ask()) return true;
    await new Promise((done) => setTimeout(done, 200));
  }
  return false;
}

async function clocksOf(start: Start, source: string, ticket: string): Promise<number> {
  const answer = await json(`${urlOf('sla-clock', start)}/v1/tickets/${source}/${ticket}`);
  return Array.isArray(answer['clocks']) ? answer['clocks'].length : 0;
}

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'punctual-start-'));
  // Run as root, the database has a user of its own, who must be able to get there.
  chmodSync(data, 0o755);
});

afterAll(async () => {
  if (running !== undefined && running.process.exitCode === null) {
    running.process.kill('SIGTERM');
    await running.exited;
  }
  const pidFile = join(data, 'postgres', 'postmaster.pid');
  if (existsSync(pidFile)) process.kill(Number.parseInt(readFileSync(pidFile, 'utf8'), 10), 'SIGQUIT');
  rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

describe('the one command', { timeout: 120_000 }, () => {
  it('is ready within a minute, with a sample of four companies in every state', async () => {
    running = start('--sample-tickets', '120');
    expect(await running.ready(60_000)).toBeLessThan(60_000);
    const output = running.output();
    for (const name of ['Brackenfold', 'Älvklang', 'Tarnquist', 'Juruvento'])
      expect(output).toMatch(new RegExp(`^${name} .*first_response`, 'm'));
    for (const service of ['intake', 'classifier', 'sla-clock']) {
      const url = urlOf(service, running);
      expect(await json(`${url}/health/ready`)).toMatchObject({ httpStatus: 200 });
      expect(await json(`${url}/openapi.json`)).toMatchObject({ openapi: expect.stringMatching(/^3\./) as string });
      expect(await (await fetch(`${url}/metrics`)).text()).toContain(`service="${service}"`);
    }
    for (const state of ['running', 'paused', 'met', 'breached', 'missed']) {
      const { clocks } = await json(`${urlOf('sla-clock', running)}/v1/clocks?state=${state}`);
      expect(clocks, state).not.toEqual([]);
    }
    const { clocks } = await json(`${urlOf('sla-clock', running)}/v1/clocks?state=running&limit=500`);
    expect(
      (clocks as { warnings: unknown[] }[]).some(({ warnings }) => warnings.length > 0),
      'at risk',
    ).toBe(true);
  });

  it('keeps the database password to its owner', () => {
    expect(statSync(join(data, 'postgres-password')).mode & 0o077).toBe(0);
  });

  it('prints commands that make a ticket and show its clocks', async () => {
    if (running === undefined) throw new Error('not started');
    const output = running.output();
    const make = /^ {2}(curl [\s\S]*?\}\}')$/m.exec(output)?.[1];
    const read = /^ {2}(curl -s \S+\/v1\/tickets\/\S+)$/m.exec(output)?.[1];
    if (make === undefined || read === undefined) throw new Error(`no commands in:\n${output}`);
    const { stdout } = await execute('sh', ['-c', make]);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 1 });
    const seen = await eventually(async () => {
      const answer = JSON.parse((await execute('sh', ['-c', read])).stdout) as { clocks?: { target: string }[] };
      return answer.clocks?.[0]?.target === 'first_response';
    });
    expect(seen).toBe(true);
  });

  it('refuses a second start on the same directory and leaves the first alone', async () => {
    if (running === undefined) throw new Error('not started');
    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`process ${running.process.pid ?? ''}`);
    expect(await json(`${urlOf('intake', running)}/health/ready`)).toMatchObject({ httpStatus: 200 });
  });

  it('stops in order on SIGTERM, also when asked twice, and stops its database', async () => {
    if (running === undefined) throw new Error('not started');
    const { process: stopping } = running;
    stopping.kill('SIGTERM');
    setTimeout(() => stopping.kill('SIGTERM'), 100);
    expect(await running.exited).toBe(0);
    expect(running.output()).toContain('Stopped; nothing is lost.');
    expect(existsSync(join(data, 'postgres', 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(data, 'lock'))).toBe(false);
  });

  it('starts again quickly on what is there, without playing the sample again', async () => {
    running = start();
    expect(await running.ready(30_000)).toBeLessThan(15_000);
    expect(running.output()).toContain('not played');
    expect(await clocksOf(running, 'alvklang', 'HELLO-1')).toBeGreaterThan(0);
  });

  it('loses nothing it has acknowledged when it is killed', async () => {
    if (running === undefined) throw new Error('not started');
    const event = {
      specversion: '1.0',
      id: 'killed-1',
      source: 'alvklang',
      type: 'ticket.created',
      subject: 'KILLED-1',
      time: new Date().toISOString(),
      data: { subject: 'Telefonväxeln fungerar inte', plan: 'Advanced', actor: { role: 'requester' } },
    };
    const response = await fetch(`${urlOf('intake', running)}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    expect(response.status).toBe(202);
    running.process.kill('SIGKILL');
    await running.exited;
    running = start();
    await running.ready(30_000);
    expect(running.output()).toContain('the last start was killed');
    const again = running;
    expect(await eventually(async () => (await clocksOf(again, 'alvklang', 'KILLED-1')) > 0)).toBe(true);
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(0);
  });

  it('says what is wrong with its options, and starts nothing', async () => {
    const wrong = start('--sample-tickets', 'many');
    expect(await wrong.exited).toBe(1);
    expect(wrong.output()).toContain("--sample-tickets is 'many'");
    const help = start('--help');
    expect(await help.exited).toBe(0);
    expect(help.output()).toContain('--sample-tickets N');
  });
});
