import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Surges as each partition of the log tells them, and how far the walks through open tickets have come. `ticket_open` gets an order to walk in;
 * it holds all that a walk reads of a ticket.
 */
export class CreateSurges1790000700000 implements MigrationInterface {
  readonly name = 'CreateSurges1790000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.surge (
        partition  integer NOT NULL,
        policy     text NOT NULL,
        started_by text NOT NULL,
        started_at bigint NOT NULL,
        reason     text NOT NULL,
        ended_by   text,
        ended_at   bigint,
        PRIMARY KEY (partition, policy, started_by)
      )`);
    await runner.query(`
      CREATE TABLE sla_clock.surge_walk (
        partition    integer NOT NULL,
        policy       text NOT NULL,
        edge         bigint NOT NULL,
        after_source text,
        after_ticket text,
        PRIMARY KEY (partition, policy)
      )`);
    await runner.query('DROP INDEX sla_clock.ticket_open');
    await runner.query(
      `CREATE INDEX ticket_open ON sla_clock.ticket (policy, partition, source, ticket) INCLUDE (settle_ms) WHERE is_open`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.ticket_open');
    await runner.query('CREATE INDEX ticket_open ON sla_clock.ticket (policy) WHERE is_open');
    await runner.query('DROP TABLE sla_clock.surge_walk, sla_clock.surge');
  }
}
