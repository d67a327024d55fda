// The SLA clock as it runs in production: its main module in a process of its own, told everything by its environment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from '../../../services/standalone/dist/processes/node-options.js';

const main = fileURLToPath(import.meta.resolve('@punctual/sla-clock/main'));

/** `PUNCTUAL_BENCH_PROFILES` names a directory for CPU profiles of the process, with its start. */
const profiles = process.env.PUNCTUAL_BENCH_PROFILES;
const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];

/** Starts the service; resolves when it consumes. */
export async function startClock(env) {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [...nodeOptions, ...profiling, main], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = [];
  const url = await new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error(`the SLA clock ended:\n${said.slice(-20).join('\n')}`)));
    let rest = '';
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        said.push(line);
        if (said.length > 100) said.shift();
        const entry = parse(line);
        if (entry?.url !== undefined) resolve(entry.url);
        if (Number(entry?.level) >= 40 || ['warn', 'error', 'fatal'].includes(entry?.level)) console.log(line);
      }
    });
  });
  return {
    url,
    startedAt,
    readyMs: Date.now() - startedAt,
    pid: child.pid,
    /** Ends it as a failing machine does. */
    async kill() {
      child.removeAllListeners('exit');
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.removeAllListeners('exit');
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What a process has in memory now and had at most, bytes; null where the system does not say. */
export async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) * 1_024;
  return { now: kilobytes('VmRSS'), most: kilobytes('VmHWM') };
}

/** CPU seconds a process has used so far; NaN where the system does not say. */
export async function cpuSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
