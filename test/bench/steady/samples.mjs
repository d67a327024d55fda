// What is spent and done in each second under load.
import { setTimeout as pause } from 'node:timers/promises';
import { cpuTimes, difference } from '../pipeline/cpu-time.mjs';
import { begin } from './open-tickets.mjs';

/** One sample a second: `{ ms, events, said, cpu, wal, pages, commits, lagMs }`, all but the lag since the one before. */
export async function takeSamples(sql, { pids, startedAt, seconds }) {
  const samples = [];
  let before = await look(sql, pids, startedAt);
  for (let second = 1; second <= seconds; second += 1) {
    await pause(before.at + 1_000 - performance.now());
    const now = await look(sql, pids, startedAt);
    samples.push({
      ms: now.at - before.at,
      events: now.events - before.events,
      said: now.said - before.said,
      cpu: difference(now.cpu, before.cpu),
      wal: now.wal - before.wal,
      pages: now.pages - before.pages,
      commits: now.commits - before.commits,
      lagMs: now.lagMs,
    });
    before = now;
  }
  return samples;
}

async function look(sql, pids, startedAt) {
  const at = performance.now();
  const cpu = cpuTimes(pids);
  const [row] = await sql(
    `SELECT (SELECT sum(n_tup_ins)::float8 FROM pg_stat_all_tables WHERE schemaname = 'sla_clock' AND relname LIKE 'ticket_event%') AS events,
            (SELECT sum(n_tup_ins)::float8 FROM pg_stat_all_tables WHERE schemaname = 'sla_clock' AND relname LIKE 'sla_event%') AS said,
            pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal,
            (SELECT wal_fpi::float8 FROM pg_stat_wal) AS pages,
            (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()) AS commits,
            (SELECT min((watermark->>'at')::float8) FROM sla_clock.partition_time) AS folded`,
  );
  // Time is the publisher's: it began with its first watermark.
  return { at, cpu, ...row, lagMs: begin + (Date.now() - startedAt) - row.folded };
}
