import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What became of dead letters. The letters themselves are in the log; a row says which record was given up, and whether somebody has dealt
 * with it. The topic, partition and offset are those of the record, which is what names a letter.
 */
export class CreateDeadLetter1790000000002 implements MigrationInterface {
  readonly name = 'CreateDeadLetter1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT pg_advisory_xact_lock(hashtext('punctual stream migrations'))`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.dead_letter (
        log_id text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        record_offset bigint NOT NULL,
        code text NOT NULL,
        stage text NOT NULL,
        died_at timestamptz NOT NULL DEFAULT now(),
        resolved_at timestamptz,
        resolution text CHECK (resolution IN ('redriven', 'dismissed')),
        PRIMARY KEY (log_id, topic, partition, record_offset),
        CHECK ((resolved_at IS NULL) = (resolution IS NULL))
      )`);
    await runner.query(
      'CREATE INDEX IF NOT EXISTS dead_letter_unresolved ON stream.dead_letter (topic, code) WHERE resolved_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS stream.dead_letter');
  }
}
