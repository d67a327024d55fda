// One round of measurements of a running SLA clock: deadlines falling due steadily, many at once, a start with deadlines due, and its readers.
import { ticketPartition } from '@punctual/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { watermarkGroups } from '../../../services/intake/dist/watermark-groups.js';
import { cpuSeconds, residentBytes, startClock } from './clock-process.mjs';
import { median } from './latency.mjs';

export const settleMs = 5_000;
const PATIENCE_MS = 180_000;

/** Between two watermarks of a partition, ms. */
const INTERVAL_MS = 1_000;

/**
 * A watermark a second to each of the partitions, group after group as intake goes round them, from before the first deadline until the last has
 * fired. Ticket ids are given in the order of their deadlines; told are those of after the warm-up.
 */
export async function steady(stream, database, plan, ids, partitions) {
  // Time has stood still; the first timers are read here, not in the measurement.
  await stream.watermark(plan.steadyFrom);
  await sleep(1_000);
  const offset = Date.now() - plan.steadyFrom;
  const sent = Array.from({ length: partitions }, () => []);
  const groups = watermarkGroups(partitions, INTERVAL_MS);
  const isOver = (watermarks) => watermarks.length > 0 && watermarks.at(-1).at >= plan.steadyTo + settleMs + 1_000;
  for (let step = groups.length; !sent.every(isOver); step += 1) {
    await sleep(Math.max(0, offset + plan.steadyFrom + (step / groups.length) * INTERVAL_MS - Date.now()));
    const at = Date.now() - offset;
    const group = groups[step % groups.length];
    const sentAt = await stream.watermark(at, group);
    for (const partition of group) sent[partition].push({ at, sentAt });
  }
  await arrived(stream, ids);
  const committed = await database.commits(ids);
  const watermarkOf = (id, dueAt) =>
    sent[ticketPartition('desk', id, partitions)].find(({ at }) => dueAt < at - settleMs);
  return ids.flatMap((id, index) => {
    const dueAt = plan.steady[index];
    if (dueAt < plan.measuredFrom) return [];
    const { sentAt } = watermarkOf(id, dueAt);
    return {
      toCommit: committed.get(id) - sentAt,
      toArrival: stream.arrivals.get(id) - sentAt,
      late: committed.get(id) - (dueAt + settleMs + offset),
    };
  });
}

/** One watermark under which very many are due. */
export async function burst(stream, database, clock, plan, ids) {
  await stream.watermark(plan.burstAt);
  await sleep(1_000);
  const clockCpu = await cpuSeconds(clock.pid);
  const serverCpu = await database.cpuSeconds();
  const sentAt = await stream.watermark(plan.burstAt + settleMs + 1_000);
  await arrived(stream, ids);
  const cpu = {
    clock: (await cpuSeconds(clock.pid)) - clockCpu,
    server: (await database.cpuSeconds()) - serverCpu,
  };
  const committed = await database.commits(ids);
  const last = (times) => times.reduce((latest, time) => Math.max(latest, time), 0) - sentAt;
  const toCommit = last(ids.map((id) => committed.get(id)));
  const toArrival = last(ids.map((id) => stream.arrivals.get(id)));
  return { fired: ids.length, toCommit, toArrival, cpu, memory: await residentBytes(clock.pid) };
}

/** Starts the service again and again with deadlines due; ms from the start of its process to the first breach committed. */
export async function coldStarts(stream, database, clock, plan, idsOfStarts, env) {
  const starts = [];
  let running = clock;
  for (const [index, ids] of idsOfStarts.entries()) {
    await running.stop();
    await stream.watermark(plan.coldStartAt(index) + settleMs + 1_000);
    running = await startClock(env);
    await arrived(stream, ids);
    const committed = await database.commits(ids);
    const first = Math.min(...committed.values());
    starts.push({ ready: running.readyMs, firstCommit: first - running.startedAt });
  }
  return {
    clock: running,
    ready: median(starts.map(({ ready }) => ready)),
    firstCommit: median(starts.map(({ firstCommit }) => firstCommit)),
  };
}

/** What readers ask for, each asked several times. */
export const questions = [
  '/v1/clocks?limit=50',
  '/v1/clocks?state=running&limit=50',
  '/v1/clocks?state=running&policy=rego&priority=Severity%203&limit=50',
  '/v1/queue?policy=rego&limit=100',
  '/v1/attainment?policy=rego',
  '/metrics',
];

export async function readers(clock, repeats = 5) {
  const answers = [];
  for (const path of questions) {
    const times = [];
    let status = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const begin = performance.now();
      const answer = await fetch(clock.url + path);
      await answer.text();
      times.push(performance.now() - begin);
      status = answer.status;
      if (times.at(-1) > 5_000) break;
    }
    answers.push({ path, status, median: median(times), most: Math.max(...times) });
  }
  return answers;
}

/** Waits until the breach of each ticket has arrived at the consumer. */
async function arrived(stream, ids) {
  const limit = performance.now() + PATIENCE_MS;
  let next = 0;
  for (;;) {
    while (next < ids.length && stream.arrivals.has(ids[next])) next += 1;
    if (next === ids.length) return;
    if (performance.now() > limit) throw new Error(`${ids[next]} has not fired after ${PATIENCE_MS / 1_000} s`);
    await sleep(5);
  }
}
