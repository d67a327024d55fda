import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often the database was recovered against its log: outputs of a later incarnation may repeat those of an earlier one. */
export class AddIncarnation1790000000003 implements MigrationInterface {
  readonly name = 'AddIncarnation1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT pg_advisory_xact_lock(hashtext('punctual stream migrations'))`);
    await runner.query('ALTER TABLE stream.store ADD COLUMN IF NOT EXISTS incarnation integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stream.store DROP COLUMN IF EXISTS incarnation');
  }
}
