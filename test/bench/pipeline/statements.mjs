// What PostgreSQL spends on which statement, as pg_stat_statements counts it.

export async function resetStatements(sql) {
  await sql('SELECT pg_stat_statements_reset()');
}

/** The dearest statements, each named by its first words. */
export async function topStatements(sql, most = 24) {
  const rows = await sql(
    `SELECT query, sum(calls)::int AS calls, sum(rows)::int AS rows, sum(total_exec_time + total_plan_time) AS ms
       FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%' GROUP BY query ORDER BY ms DESC LIMIT $1`,
    [most],
  );
  return rows.map(({ query, calls, rows: touched, ms }) => ({ name: nameOf(query), calls, rows: touched, ms }));
}

/** `INSERT sla_clock.ticket`, `SELECT stream.outbox`, … */
function nameOf(query) {
  const text = query.replace(/\s+/g, ' ').trim();
  const verb = /\b(INSERT|UPDATE|DELETE|SELECT|COMMIT|BEGIN)\b/i.exec(text)?.[0].toUpperCase() ?? text.slice(0, 30);
  const relation = /\b(?:stream|classifier|sla_clock|config)\.[a-z_]+/.exec(text)?.[0];
  return relation === undefined ? text.slice(0, 40) : `${verb} ${relation}`;
}
