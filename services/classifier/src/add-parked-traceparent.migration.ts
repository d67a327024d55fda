import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trace that a parked record came with goes on with it when it is tried again. */
export class AddParkedTraceparent1790000900000 implements MigrationInterface {
  readonly name = 'AddParkedTraceparent1790000900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE classifier.parked ADD traceparent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE classifier.parked DROP traceparent');
  }
}
