import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A deadline beside a place was written only with the place, and so told one that had passed. The ticket's state has it. */
export class DropQueueDue1790001200000 implements MigrationInterface {
  readonly name = 'DropQueueDue1790001200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sla_clock.queue DROP COLUMN due_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sla_clock.queue ADD COLUMN due_at bigint');
  }
}
