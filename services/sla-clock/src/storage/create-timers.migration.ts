import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Timers get a narrow table of their own, which is its own index: the fold reads them ahead in its order. They were read from an index of
 * `ticket`, so that each timer that moved wrote the ticket's row into another page, and an entry into every index of that table. A row still
 * tells its own timer, in no index, and so where to find it here. The column has another name: an instance of before, which knows nothing of this
 * table, must not go on saving tickets whose timers it would not move.
 */
export class CreateTimers1790002300000 implements MigrationInterface {
  readonly name = 'CreateTimers1790002300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query('ALTER TABLE sla_clock.ticket RENAME wake_at TO timer_at');
    await runner.query(`
      CREATE TABLE sla_clock.timer (
        partition integer NOT NULL,
        source    text NOT NULL,
        wake_at   bigint NOT NULL,
        ticket    text NOT NULL,
        settle_ms integer NOT NULL
      )`);
    await runner.query(
      `INSERT INTO sla_clock.timer (partition, source, wake_at, ticket, settle_ms)
       SELECT partition, source, timer_at, ticket, settle_ms FROM sla_clock.ticket
        WHERE timer_at IS NOT NULL ORDER BY partition, source, timer_at`,
    );
    await runner.query(
      'ALTER TABLE sla_clock.timer ADD PRIMARY KEY (partition, source, wake_at, ticket) INCLUDE (settle_ms)',
    );
    await runner.query('DROP INDEX sla_clock.ticket_wake');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sla_clock.ticket RENAME timer_at TO wake_at');
    await runner.query(
      `CREATE INDEX ticket_wake ON sla_clock.ticket (partition, source, wake_at) INCLUDE (ticket, settle_ms)
        WHERE wake_at IS NOT NULL`,
    );
    await runner.query('DROP TABLE sla_clock.timer');
  }
}
