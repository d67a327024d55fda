import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Declarations learn of priority shares and of the figures they rest on, and desks of their staffing. Shared, as the declarations are. */
export class DeskFigures1790001000000 implements MigrationInterface {
  readonly name = 'DeskFigures1790001000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE config.surge_declaration ADD COLUMN IF NOT EXISTS share text, ADD COLUMN IF NOT EXISTS figures json',
    );
    await runner.query(`
      CREATE TABLE IF NOT EXISTS config.staffing (
        figure      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        policy      text NOT NULL,
        team        integer NOT NULL CHECK (team > 0),
        away        integer NOT NULL CHECK (away BETWEEN 0 AND team),
        declared_by text NOT NULL,
        at          bigint NOT NULL
      )`);
    await runner.query('CREATE INDEX IF NOT EXISTS staffing_by_policy ON config.staffing (policy, figure)');
  }

  async down(): Promise<void> {
    // The tables are shared, and say who declared what.
  }
}
