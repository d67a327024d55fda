import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose priorities a ticket has, for the shares of priorities that count one scheme only. Which scheme that is, only its policy can tell: a
 * ticket that was folded before has none until it is folded again, and no share of a scheme counts it.
 */
export class AddTicketScheme1790001300000 implements MigrationInterface {
  readonly name = 'AddTicketScheme1790001300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sla_clock.ticket ADD COLUMN scheme text');
    await runner.query('DROP INDEX sla_clock.ticket_created');
    await runner.query(
      'CREATE INDEX ticket_created ON sla_clock.ticket (policy, created_at) INCLUDE (source, priority, scheme) WHERE created_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.ticket_created');
    await runner.query(
      'CREATE INDEX ticket_created ON sla_clock.ticket (policy, created_at) INCLUDE (source, priority) WHERE created_at IS NOT NULL',
    );
    await runner.query('ALTER TABLE sla_clock.ticket DROP COLUMN scheme');
  }
}
