// What the benchmark asks PostgreSQL beside the service: when something was committed, how much room it takes, what it costs.
import { readFile, readdir } from 'node:fs/promises';
import { cpuSeconds } from './clock-process.mjs';
import { connect } from './connect.mjs';

export async function openClockDatabase(url) {
  const client = await connect(url);
  // No breach was there when the tables were analysed: a hundred thousand would be looked for one by one, for many minutes.
  await client.query('SET enable_nestloop = off');
  const {
    rows: [{ pid }],
  } = await client.query('SELECT pg_backend_pid() AS pid');
  const postmaster = await parentOf(pid);
  return {
    client,
    /** When the breach of each ticket was committed, epoch ms with fractions, by ticket. */
    async commits(ids) {
      const { rows } = await client.query(
        `SELECT e.ticket, extract(epoch FROM pg_xact_commit_timestamp(e.xmin)) * 1000 AS at, e.event_id
           FROM unnest($1::text[]) AS wanted (ticket) JOIN sla_clock.sla_event e USING (ticket)
          WHERE e.source = 'desk' AND e.type = 'sla.clock.breached'`,
        [ids],
      );
      if (rows.length !== ids.length) throw new Error(`${ids.length} deadlines, but ${rows.length} breaches`);
      return new Map(rows.map(({ ticket, at }) => [ticket, Number(at)]));
    },
    /** As autovacuum leaves it some time after. */
    async settle() {
      await client.query('VACUUM (ANALYZE)');
      await client.query('CHECKPOINT');
    },
    /** Rows and bytes of the service's tables, partitions with their parent. */
    async sizes() {
      const { rows } = await client.query(
        `SELECT c.relname AS name, sum(greatest(part.reltuples, 0)) FILTER (WHERE part.relkind = 'r')::float8 AS rows,
                sum(pg_table_size(part.oid))::float8 AS heap, sum(pg_indexes_size(part.oid))::float8 AS indexes
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           LEFT JOIN LATERAL pg_partition_tree(c.oid) tree ON true JOIN pg_class part ON part.oid = coalesce(tree.relid, c.oid)
          WHERE n.nspname = 'sla_clock' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          GROUP BY c.relname ORDER BY heap DESC`,
      );
      return rows;
    },
    /** CPU seconds of all of the server's present processes; NaN where the system does not say. */
    async cpuSeconds() {
      const children = postmaster === null ? [] : await childrenOf(postmaster);
      const times = await Promise.all(children.map(cpuSeconds));
      return times.filter((time) => !Number.isNaN(time)).reduce((sum, time) => sum + time, 0) || NaN;
    },
    close: () => client.end(),
  };
}

async function parentOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function childrenOf(parent) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_pid, index) => parents[index] === parent);
}
