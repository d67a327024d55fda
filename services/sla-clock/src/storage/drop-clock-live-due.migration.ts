import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The queue was read from this index until it got a table of its own; every clock that began or fell due still wrote an entry of it. */
export class DropClockLiveDue1790002400000 implements MigrationInterface {
  readonly name = 'DropClockLiveDue1790002400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.clock_live_due');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX clock_live_due ON sla_clock.clock (policy, due_at) INCLUDE (source, ticket)
        WHERE phase = 'running' AND outcome <> 'unknown' AND due_at IS NOT NULL`,
    );
  }
}
