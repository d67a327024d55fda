// Which tables and indexes the pages belong to that PostgreSQL writes whole into its log.

/**
 * Whole pages since the last checkpoint, by table or index, most first: `{ seconds, pages: [{ name, pages }] }`. Months of a table are counted as
 * one, and what belongs to no service as `other`.
 */
export async function wholePages(sql) {
  await sql('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
  const [{ since, seconds }] = await sql(
    `SELECT redo_lsn AS since, extract(epoch FROM clock_timestamp() - checkpoint_time)::float8 AS seconds FROM pg_control_checkpoint()`,
  );
  const pages = await sql(
    `WITH named AS MATERIALIZED (
       SELECT pg_relation_filenode(c.oid) AS node, n.nspname || '.' || regexp_replace(c.relname, '_[0-9]{4}_[0-9]{2}', '') AS name
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('classifier', 'sla_clock', 'stream'))
     SELECT coalesce(named.name, 'other') AS name, count(*)::int AS pages
       FROM pg_get_wal_block_info($1, pg_current_wal_lsn(), false) w LEFT JOIN named ON named.node = w.relfilenode
      WHERE w.block_fpi_length > 0
      GROUP BY 1 ORDER BY 2 DESC`,
    [since],
  );
  return { seconds, pages };
}
