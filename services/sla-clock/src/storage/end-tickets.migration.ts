import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tickets that have ended, by the instant of their last event, for walks over them. The instant has a column of its own, which is null
 * while a ticket is open: the index was over `last_event_at`, which every event moves, and a row of which an indexed column changes cannot stay
 * in its page, so that every event wrote a page of each of the table's indexes.
 */
export class EndTickets1790001500000 implements MigrationInterface {
  readonly name = 'EndTickets1790001500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query('DROP INDEX sla_clock.ticket_ended');
    await runner.query('ALTER TABLE sla_clock.ticket ADD ended_at bigint');
    await runner.query(
      'UPDATE sla_clock.ticket SET ended_at = last_event_at WHERE NOT is_open AND dues_before IS NOT NULL AND sealed_at IS NULL',
    );
    await runner.query(
      `CREATE INDEX ticket_ended ON sla_clock.ticket (policy, partition, ended_at, source, ticket)
        WHERE ended_at IS NOT NULL AND sealed_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.ticket_ended');
    await runner.query('ALTER TABLE sla_clock.ticket DROP ended_at');
    await runner.query(
      `CREATE INDEX ticket_ended ON sla_clock.ticket (policy, partition, last_event_at, source, ticket)
        WHERE NOT is_open AND sealed_at IS NULL`,
    );
  }
}
