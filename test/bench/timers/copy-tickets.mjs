// Makes many tickets of few, set by set inside PostgreSQL: the rows that the service wrote about a template, with another ticket's name.
import { connect } from './connect.mjs';

/** Copies of every template made by one statement per table. */
const COPIES = 5;

/**
 * Copies the tickets whose names begin with `from` until there are `copies` more of each; the names of copies begin with `to` and have as
 * many characters. Several partitions are written side by side.
 */
export async function copyTickets(databaseUrl, { from, to, copies, partitions }, onProgress) {
  const waiting = Array.from({ length: partitions }, (_, partition) => partition);
  let done = 0;
  const work = async () => {
    const client = await connect(databaseUrl);
    await client.query('SET synchronous_commit = off');
    const tables = await tablesOfTickets(client);
    // Apart from the others, so that no statement has to look for them among a million.
    for (const { name } of tables) {
      await client.query(
        `CREATE TEMP TABLE model_${name} AS SELECT * FROM sla_clock.${name} WHERE starts_with(ticket, '${from}')`,
      );
    }
    for (let partition = waiting.shift(); partition !== undefined; partition = waiting.shift()) {
      const { span, templates } = await spanOf(client, partition);
      for (let first = 1; first <= copies; first += COPIES) {
        const last = Math.min(copies, first + COPIES - 1);
        await client.query('BEGIN');
        for (const table of tables) await copyRows(client, table, { partition, to, first, last, span });
        await client.query('COMMIT');
        onProgress((done += (last - first + 1) * templates));
      }
      const more = [partition, span * copies];
      await client.query('UPDATE sla_clock.partition_time SET next_seq = next_seq + $2 WHERE partition = $1', more);
      await client.query('UPDATE sla_clock.published_month SET last_seq = last_seq + $2 WHERE partition = $1', more);
    }
    await client.end();
  };
  await Promise.all([work(), work()]);
}

/** The tables that hold rows of tickets, with their columns; not the parts of tables. */
async function tablesOfTickets(client) {
  const { rows } = await client.query(
    `SELECT c.relname AS name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL)) ORDER BY a.attnum)
              AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE n.nspname = 'sla_clock' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      GROUP BY c.relname
     HAVING array_agg(a.attname::text) @> ARRAY['source', 'ticket', 'partition']`,
  );
  return rows;
}

/** How many events were said about the templates of a partition: copies are numbered in steps of this. */
async function spanOf(client, partition) {
  const { rows } = await client.query(
    `SELECT count(*)::integer AS said, max(seq) - min(seq) + 1 AS reach, count(DISTINCT ticket)::integer AS templates
       FROM model_sla_event WHERE partition = $1`,
    [partition],
  );
  const [{ said, reach, templates }] = rows;
  if (said !== Number(reach)) throw new Error('other tickets were folded between the templates');
  return { span: said, templates };
}

async function copyRows(client, { name, columns }, { partition, to, first, last, span }) {
  const renamed = 'overlay(t.ticket placing named.prefix from 1)';
  const value = (column) => {
    if (name === 'sla_event' && column.name === 'event_id') return 'named.id';
    if (name === 'sla_event' && column.name === 'seq') return `t.seq + copy * ${span}`;
    if (name === 'sla_event' && column.name === 'value') {
      return `replace(replace(t.value::text, t.ticket, ${renamed}), t.event_id, named.id)::json`;
    }
    if (column.type === 'text') return `replace(t.${column.name}, t.ticket, ${renamed})`;
    if (column.type === 'json') return `replace(t.${column.name}::text, t.ticket, ${renamed})::json`;
    return `t.${column.name}`;
  };
  const id = name === 'sla_event' ? `md5(t.event_id || copy) || substr(t.event_id, 33)` : 'NULL';
  await client.query(
    `INSERT INTO sla_clock.${name} (${columns.map((column) => column.name).join(', ')})
     SELECT ${columns.map(value).join(', ')}
       FROM model_${name} t, generate_series($2::integer, $3::integer) copy,
            LATERAL (SELECT $4::text || lpad(copy::text, 4, '0') AS prefix, ${id} AS id) named
      WHERE t.partition = $1
      ORDER BY copy`,
    [partition, first, last, to],
  );
}
