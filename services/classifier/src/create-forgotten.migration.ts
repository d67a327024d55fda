import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was erased of tickets, by request; without anything that names a person. */
export class CreateForgotten1790000500000 implements MigrationInterface {
  readonly name = 'CreateForgotten1790000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE classifier.forgotten (
        request_id   text PRIMARY KEY,
        source       text NOT NULL,
        ticket       text NOT NULL,
        requested_at bigint NOT NULL,
        inputs       integer NOT NULL,
        parked       integer NOT NULL,
        fields_kept  boolean NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE classifier.forgotten');
  }
}
