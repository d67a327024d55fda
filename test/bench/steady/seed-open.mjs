// Fills a store with open tickets: some go through the services, as every ticket does; the rest are copies of these, made set by set.
import { connect } from '../timers/connect.mjs';
import { copyTickets, namedSql, namesOf } from '../timers/copy-tickets.mjs';
import { copies } from './open-tickets.mjs';
import { reckonedFrom } from './reckoned.mjs';

/** Copies of every ticket made by one statement per table. */
const COPIES = 10;

/** Makes `count` copies of each ticket that went through the services, in the tables of both. */
export async function copyOpenTickets(databaseUrl, { count, partitions }, onProgress) {
  if (count === 0) return;
  const { models, reckoned } = await reckonedFrom(databaseUrl);
  await Promise.all([
    copyTickets(databaseUrl, { ...copies, copies: count, partitions, reckoned }, onProgress),
    copyClassified(databaseUrl, { count, models, reckoned }),
  ]);
}

/** The rows of the classifier, some copies of every ticket with one statement a table. */
async function copyClassified(databaseUrl, { count, models, reckoned }) {
  const client = await connect(databaseUrl);
  await client.query('SET synchronous_commit = off');
  const tables = [];
  for (const table of ['ticket', 'decision', 'seen_event']) tables.push([table, await columnsOf(client, table)]);
  for (let first = 1; first <= count; first += COPIES) {
    const last = Math.min(count, first + COPIES - 1);
    const named = namesOf(models, { ...copies, first, last, reckoned });
    const { source, renamed, reckonedAnew } = namedSql(named, 1);
    const value = (table, { name, type }) => {
      if (type === 'json') return `${(table === 'ticket' ? reckonedAnew : renamed)(`t.${name}::text`)}::json`;
      return type === 'text' ? renamed(`t.${name}`) : `t.${name}`;
    };
    for (const [table, columns] of tables) {
      await client.query(
        `INSERT INTO classifier.${table} (${columns.map(({ name }) => name).join(', ')})
         SELECT ${columns.map((column) => value(table, column)).join(', ')} FROM classifier.${table} t JOIN ${source} USING (ticket) ORDER BY named.copy`,
        named,
      );
    }
  }
  await client.end();
}

async function columnsOf(client, table) {
  const { rows } = await client.query(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [`classifier.${table}`],
  );
  return rows;
}
