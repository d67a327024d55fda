import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sources, the watermark's row, and which policy versions have been announced on the log. */
export class IntakeTables1790000100000 implements MigrationInterface {
  readonly name = 'IntakeTables1790000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE intake.source (
        source text PRIMARY KEY,
        policy text,
        mode   text NOT NULL DEFAULT 'live' CHECK (mode IN ('live', 'historical')),
        at     bigint,
        ending boolean NOT NULL DEFAULT false,
        CHECK ((mode = 'historical') = (at IS NOT NULL))
      )`);
    // One row, updated twice per watermark: the free space keeps those updates on the page (HOT).
    await runner.query(`
      CREATE TABLE intake.watermark (
        only_one        boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        last_at         bigint,
        unsettled_until timestamptz
      ) WITH (fillfactor = 20)`);
    await runner.query('INSERT INTO intake.watermark DEFAULT VALUES');
    await runner.query('CREATE TABLE intake.policy_announcement (publication bigint PRIMARY KEY)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE intake.policy_announcement, intake.watermark, intake.source');
  }
}
