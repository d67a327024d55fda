import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a ticket names the other as related or was transferred to it. What was transferred before is linked when it is next folded. */
export class AddTransferLinks1790001800000 implements MigrationInterface {
  readonly name = 'AddTransferLinks1790001800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sla_clock.ticket_link ADD COLUMN kind text NOT NULL DEFAULT 'related'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sla_clock.ticket_link DROP COLUMN kind');
  }
}
