// CPU time of this process's descendants, from /proc (Linux). Rates suffer from whatever else a machine does; CPU time hardly does.
import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts CPU time in, ms. */
const TICK_MS = 10;

/** Each living descendant: `{ pid, name, cpuMs }`; the time of its own descendants that have ended is counted to it. */
function descendants() {
  const processes = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const end = text.lastIndexOf(')');
      const fields = text.slice(end + 2).split(' ');
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      const name = text.slice(text.indexOf('(') + 1, end);
      processes.set(Number(entry), { pid: Number(entry), name, parent: Number(fields[1]), cpuMs: ticks * TICK_MS });
    } catch {
      // It ended meanwhile.
    }
  }
  const belongs = (process_) => {
    for (let one = process_; one !== undefined; one = processes.get(one.parent)) {
      if (one.parent === process.pid) return true;
    }
    return false;
  };
  return [...processes.values()].filter(belongs);
}

/** CPU ms so far of `kafka`, `postgres` and the processes in `pids` (`{ name: pid }`). */
export function cpuTimes(pids) {
  const times = { kafka: 0, postgres: 0 };
  for (const { pid, name, cpuMs } of descendants()) {
    if (name === 'java') times.kafka += cpuMs;
    else if (name === 'postgres') times.postgres += cpuMs;
    for (const [own, ownPid] of Object.entries(pids)) if (pid === ownPid) times[own] = cpuMs;
  }
  return times;
}

export function difference(after, before) {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}
