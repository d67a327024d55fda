// Fills a store with open tickets: some go through the services, as every ticket does; the rest are copies of these, made set by set.
import { connect } from '../timers/connect.mjs';
import { copyTickets } from '../timers/copy-tickets.mjs';
import { copies } from './open-tickets.mjs';

/** Makes `count` copies of each ticket that went through the services, in the tables of both. */
export async function copyOpenTickets(databaseUrl, { count, partitions }, onProgress) {
  if (count === 0) return;
  await Promise.all([
    copyTickets(databaseUrl, { ...copies, copies: count, partitions }, onProgress),
    copyClassified(databaseUrl, count),
  ]);
}

/** The rows of the classifier, some copies of every ticket with one statement a table. */
async function copyClassified(databaseUrl, count) {
  const client = await connect(databaseUrl);
  await client.query('SET synchronous_commit = off');
  for (const table of ['ticket', 'decision', 'seen_event']) {
    const columns = await columnsOf(client, table);
    const value = ({ name, type }) => {
      if (type === 'json') return `replace(t.${name}::text, t.ticket, named.ticket)::json`;
      return type === 'text' ? `replace(t.${name}, t.ticket, named.ticket)` : `t.${name}`;
    };
    const names = columns.map(({ name }) => name).join(', ');
    for (let first = 1; first <= count; first += 20) {
      await client.query(
        `INSERT INTO classifier.${table} (${names})
         SELECT ${columns.map(value).join(', ')}
           FROM classifier.${table} t, generate_series($1::integer, $2::integer) copy,
                LATERAL (SELECT overlay(t.ticket placing $3::text || lpad(copy::text, 4, '0') from 1) AS ticket) named
          WHERE starts_with(t.ticket, $4)
          ORDER BY copy`,
        [first, Math.min(count, first + 19), copies.to, copies.from],
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
