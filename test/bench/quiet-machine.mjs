// What has just been written still keeps a machine busy: PostgreSQL, the system and the storage put it away for a while. What is measured
// meanwhile is measured beside that.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** So much of the machine's time may be used by others, … */
const BUSY_AT_MOST = 0.05;
/** … for so many ms on end. */
const QUIET_MS = 5_000;
/** Who waits longer measures beside whatever goes on, ms. */
const PATIENCE_MS = 180_000;

/** Waits until nothing else uses the machine; seconds waited, and whether it came to rest. */
export async function quietMachine() {
  const began = performance.now();
  let before = times();
  while (performance.now() - began < PATIENCE_MS) {
    await sleep(QUIET_MS);
    const now = times();
    const busy = (now.busy - before.busy) / (now.all - before.all);
    if (busy <= BUSY_AT_MOST) return { seconds: (performance.now() - began) / 1_000, quiet: true };
    before = now;
  }
  return { seconds: PATIENCE_MS / 1_000, quiet: false };
}

/** What the machine's cores have done since it was started, ms. */
function times() {
  const cores = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({ busy: user + nice + sys + irq, idle }));
  const sum = (pick) => cores.reduce((total, core) => total + pick(core), 0);
  const busy = sum((core) => core.busy);
  return { busy, all: busy + sum((core) => core.idle) };
}
