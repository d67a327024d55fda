import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For the gauge of open escalations: those that were raised live and stand, and what people answered. Both are few beside everything that is
 * published, and the first is read without its rows.
 */
export class IndexEscalations1790001900000 implements MigrationInterface {
  readonly name = 'IndexEscalations1790001900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query(
      `CREATE INDEX sla_event_escalation ON sla_clock.sla_event (source, ticket) INCLUDE (event_id)
        WHERE type = 'sla.escalation.raised' AND retracted_by IS NULL AND value ->> 'mode' = 'live'`,
    );
    await runner.query(
      `CREATE INDEX sla_event_escalation_answer ON sla_clock.sla_event (source, ticket)
        WHERE type IN ('sla.escalation.acknowledged', 'sla.escalation.resolved') AND retracted_by IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.sla_event_escalation_answer');
    await runner.query('DROP INDEX sla_clock.sla_event_escalation');
  }
}
