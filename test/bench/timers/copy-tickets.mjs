// Makes many tickets of few, set by set inside PostgreSQL: the rows that the service wrote about a template, with another ticket's name.
import { connect } from './connect.mjs';

/** Copies of every template made by one statement per table. */
const COPIES = 5;

/**
 * Copies the tickets whose names begin with `from` until there are `copies` more of each; the names of copies begin with `to` and have as
 * many characters. Several partitions are written side by side.
 *
 * What is reckoned from a ticket's name is still its model's in a copy, so a copy can wait but not be folded; unless `reckoned` gives that for
 * a model and the copy's name, as `[[the model's text, the copy's], …]`, as many of every ticket.
 */
export async function copyTickets(databaseUrl, { from, to, copies, partitions, reckoned = () => [] }, onProgress) {
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
      const { span, models } = await spanOf(client, partition);
      for (let first = 1; first <= copies; first += COPIES) {
        const last = Math.min(copies, first + COPIES - 1);
        await client.query('BEGIN');
        const named = namesOf(models, { to, first, last, reckoned });
        for (const table of tables) await copyRows(client, table, { partition, span, named });
        await client.query('COMMIT');
        onProgress((done += (last - first + 1) * models.length));
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

/** The models of a partition, and how many events were said about them: copies are numbered in steps of this. */
async function spanOf(client, partition) {
  const { rows } = await client.query(
    `SELECT count(*)::integer AS said, max(seq) - min(seq) + 1 AS reach, array_agg(DISTINCT ticket) AS models
       FROM model_sla_event WHERE partition = $1`,
    [partition],
  );
  const [{ said, reach, models }] = rows;
  if (said !== Number(reach)) throw new Error('other tickets were folded between the templates');
  return { span: said, models };
}

/** The copies `first … last` of some models as columns: the model, the copy's number and name, and pairs of what is reckoned from the name. */
export function namesOf(models, { to, first, last, reckoned }) {
  const rows = [];
  for (let copy = first; copy <= last; copy += 1) {
    const prefix = to + String(copy).padStart(4, '0');
    for (const model of models) {
      const name = prefix + model.slice(prefix.length);
      rows.push([model, copy, name, ...reckoned(model, name).flat()]);
    }
  }
  return rows[0].map((_, column) => rows.map((row) => row[column]));
}

/**
 * SQL for names as `namesOf` gives them: the row source `named (ticket, copy, name, was_0, is_0, …)`, whose columns are the parameters from `$at` on,
 * and what makes a model's text a copy's, without and with what is
 * reckoned from the name, which stands in the JSON of tickets only.
 */
export function namedSql(named, at) {
  const types = named.map((_, column) => (column === 1 ? 'integer[]' : 'text[]'));
  const pairs = Array.from({ length: (named.length - 3) / 2 }, (_, index) => [`was_${index}`, `is_${index}`]);
  const source =
    `unnest(${types.map((type, column) => `$${at + column}::${type}`).join(', ')}) ` +
    `AS named (ticket, copy, name, ${pairs.flat().join(', ')})`.replace(', )', ')');
  const renamed = (text) => `replace(${text}, t.ticket, named.name)`;
  const reckonedAnew = (text) =>
    pairs.reduce((inner, [was, is]) => `replace(${inner}, named.${was}, named.${is})`, renamed(text));
  return { source, renamed, reckonedAnew };
}

async function copyRows(client, { name, columns }, { partition, span, named }) {
  const { source, renamed, reckonedAnew } = namedSql(named, 2);
  const value = (column) => {
    if (name === 'sla_event' && column.name === 'event_id') return 'id.id';
    if (name === 'sla_event' && column.name === 'seq') return `t.seq + named.copy * ${span}`;
    if (name === 'sla_event' && column.name === 'value') {
      return `replace(${renamed('t.value::text')}, t.event_id, id.id)::json`;
    }
    if (column.type === 'text') return renamed(`t.${column.name}`);
    if (column.type === 'json')
      return `${(name === 'ticket' ? reckonedAnew : renamed)(`t.${column.name}::text`)}::json`;
    return `t.${column.name}`;
  };
  const id = name === 'sla_event' ? `md5(t.event_id || named.copy) || substr(t.event_id, 33)` : 'NULL';
  await client.query(
    `INSERT INTO sla_clock.${name} (${columns.map((column) => column.name).join(', ')})
     SELECT ${columns.map(value).join(', ')}
       FROM model_${name} t JOIN ${source} USING (ticket), LATERAL (SELECT ${id} AS id) id
      WHERE t.partition = $1
      ORDER BY named.copy`,
    [partition, ...named],
  );
}
