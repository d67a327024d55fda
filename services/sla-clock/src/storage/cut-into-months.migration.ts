import type { MigrationInterface, QueryRunner } from 'typeorm';
import { monthStatements, type MonthlyTable } from './month-partitions.js';
import { monthsOf } from './month.js';

/**
 * `ticket_event` and `sla_event` are cut into months by the instants they are about, epoch ms, so that what is no longer kept goes as a
 * whole. `clock` is not: its rows change until their promise is judged, the start of a cycle among what may change, and they are kept.
 *
 * PostgreSQL asserts uniqueness within one month only, so the instant is part of every key. That loses nothing. The id of an SLA event is a
 * hash over its content with its instant; and what a ticket event says, its time included, is settled in the classifier, which lets one
 * content through per id.
 *
 * With its tickets' spans the fold needs only the months they lie in: `first_event_at … last_event_at`, `first_published_at …
 * last_published_at`. `published_month` says the same of the order in which SLA events are followed.
 */
export class CutIntoMonths1790000100000 implements MigrationInterface {
  readonly name = 'CutIntoMonths1790000100000';

  async up(runner: QueryRunner): Promise<void> {
    // Outside the services nobody writes here, and a store of years takes longer than a statement usually may.
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query(`ALTER TABLE sla_clock.ticket
      ADD first_event_at bigint, ADD last_event_at bigint, ADD first_published_at bigint, ADD last_published_at bigint`);
    await runner.query('ALTER TABLE sla_clock.ticket_event RENAME TO ticket_event_uncut');
    await runner.query('ALTER TABLE sla_clock.sla_event RENAME TO sla_event_uncut');
    // Names of indexes are those of their tables, and stay with them.
    await runner.query('ALTER INDEX sla_clock.ticket_event_pkey RENAME TO ticket_event_uncut_pkey');
    await runner.query('ALTER INDEX sla_clock.ticket_event_log RENAME TO ticket_event_uncut_log');
    await runner.query('ALTER INDEX sla_clock.sla_event_pkey RENAME TO sla_event_uncut_pkey');
    await runner.query('ALTER INDEX sla_clock.sla_event_partition_seq_key RENAME TO sla_event_uncut_seq_key');
    await runner.query('ALTER INDEX sla_clock.sla_event_standing RENAME TO sla_event_uncut_standing');
    await runner.query(`
      CREATE TABLE sla_clock.ticket_event (
        source      text NOT NULL,
        ticket      text NOT NULL,
        event_id    text NOT NULL,
        partition   integer NOT NULL,
        log_offset  bigint NOT NULL,
        occurred_at bigint NOT NULL,
        event       json NOT NULL,
        PRIMARY KEY (source, ticket, event_id, occurred_at)
      ) PARTITION BY RANGE (occurred_at)`);
    await runner.query('CREATE INDEX ticket_event_log ON sla_clock.ticket_event (partition, log_offset)');
    await runner.query(`
      CREATE TABLE sla_clock.sla_event (
        event_id     text NOT NULL,
        source       text NOT NULL,
        ticket       text NOT NULL,
        content_key  text NOT NULL,
        partition    integer NOT NULL,
        seq          bigint NOT NULL,
        at           bigint NOT NULL,
        type         text NOT NULL,
        value        json NOT NULL,
        corrects     text,
        retracted_by text,
        PRIMARY KEY (event_id, at),
        UNIQUE (partition, seq, at)
      ) PARTITION BY RANGE (at)`);
    await runner.query(
      `CREATE INDEX sla_event_standing ON sla_clock.sla_event (source, ticket)
        WHERE retracted_by IS NULL AND corrects IS NULL`,
    );
    await runner.query(`
      CREATE TABLE sla_clock.published_month (
        partition integer NOT NULL,
        until     bigint NOT NULL,
        last_seq  bigint NOT NULL,
        PRIMARY KEY (partition, until)
      ) WITH (fillfactor = 50)`);
    await carryOver(runner, 'ticket_event', 'occurred_at');
    await carryOver(runner, 'sla_event', 'at');
    await runner.query(`
      UPDATE sla_clock.ticket t SET first_event_at = e.first_at, last_event_at = e.last_at
        FROM (SELECT source, ticket, min(occurred_at) AS first_at, max(occurred_at) AS last_at
                FROM sla_clock.ticket_event GROUP BY source, ticket) e
       WHERE t.source = e.source AND t.ticket = e.ticket`);
    await runner.query(`
      UPDATE sla_clock.ticket t SET first_published_at = e.first_at, last_published_at = e.last_at
        FROM (SELECT source, ticket, min(at) AS first_at, max(at) AS last_at FROM sla_clock.sla_event GROUP BY source, ticket) e
       WHERE t.source = e.source AND t.ticket = e.ticket`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sla_clock.published_month');
    await runner.query(`ALTER TABLE sla_clock.ticket
      DROP first_event_at, DROP last_event_at, DROP first_published_at, DROP last_published_at`);
    for (const [table, key] of [
      ['ticket_event', 'PRIMARY KEY (source, ticket, event_id)'],
      ['sla_event', 'PRIMARY KEY (event_id), ADD UNIQUE (partition, seq)'],
    ] as const) {
      await runner.query(`CREATE TABLE sla_clock.${table}_uncut (LIKE sla_clock.${table})`);
      await runner.query(`INSERT INTO sla_clock.${table}_uncut SELECT * FROM sla_clock.${table}`);
      await runner.query(`DROP TABLE sla_clock.${table}`);
      await runner.query(`ALTER TABLE sla_clock.${table}_uncut RENAME TO ${table}`);
      await runner.query(`ALTER TABLE sla_clock.${table} ADD ${key}`);
    }
    await runner.query('CREATE INDEX ticket_event_log ON sla_clock.ticket_event (partition, log_offset)');
    await runner.query(
      `CREATE INDEX sla_event_standing ON sla_clock.sla_event (source, ticket)
        WHERE retracted_by IS NULL AND corrects IS NULL`,
    );
  }
}

async function carryOver(runner: QueryRunner, table: MonthlyTable, instant: 'occurred_at' | 'at'): Promise<void> {
  const days = (await runner.query(
    `SELECT DISTINCT (${instant} - mod(${instant}, 86400000)) AS day FROM sla_clock.${table}_uncut`,
  )) as { day: string }[];
  for (const month of monthsOf(days.map(({ day }) => Number(day)))) {
    for (const statement of monthStatements(table, month)) await runner.query(statement);
    if (table === 'sla_event') {
      await runner.query(
        `INSERT INTO sla_clock.published_month (partition, until, last_seq)
         SELECT partition, $2, max(seq) FROM sla_clock.sla_event_uncut
          WHERE at < $2 AND ($1::bigint IS NULL OR at >= $1) GROUP BY partition`,
        [month.start, month.end],
      );
    }
  }
  await runner.query(`INSERT INTO sla_clock.${table} SELECT * FROM sla_clock.${table}_uncut`);
  await runner.query(`DROP TABLE sla_clock.${table}_uncut`);
}
