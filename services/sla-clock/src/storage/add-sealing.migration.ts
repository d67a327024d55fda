import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `seal_at`: when a ticket may be sealed; `sealed_at`: that it is. Tickets that were closed before this was known get the instant that
 * follows from the defaults (28 days to reopen, 90 days kept), whichever way they ended.
 */
export class AddSealing1790000300000 implements MigrationInterface {
  readonly name = 'AddSealing1790000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query('ALTER TABLE sla_clock.ticket ADD seal_at bigint, ADD sealed_at bigint');
    await runner.query(`
      UPDATE sla_clock.ticket
         SET seal_at = coalesce((state->'gone'->>'at')::bigint, (state->'solved'->>'at')::bigint) + 118 * 86400000::bigint
       WHERE NOT is_open AND state IS NOT NULL AND wake_at IS NULL AND quarantined IS NULL`);
    await runner.query(
      'CREATE INDEX ticket_seal ON sla_clock.ticket (partition, seal_at) WHERE seal_at IS NOT NULL AND sealed_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX ticket_unsealed_published ON sla_clock.ticket (first_published_at) WHERE sealed_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sla_clock.ticket DROP seal_at, DROP sealed_at');
  }
}
