import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every service that declares surges, or announces them, brings this migration along; whichever starts first creates the table. */
export class SurgeDeclarations1790000700000 implements MigrationInterface {
  readonly name = 'SurgeDeclarations1790000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA IF NOT EXISTS config');
    await runner.query(`
      CREATE TABLE IF NOT EXISTS config.surge_declaration (
        declaration bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id          uuid NOT NULL DEFAULT gen_random_uuid(),
        policy      text NOT NULL,
        state       text NOT NULL CHECK (state IN ('started', 'ended')),
        at          bigint NOT NULL,
        declared_by text,
        reason      text NOT NULL,
        announced   boolean NOT NULL DEFAULT false
      )`);
    await runner.query(
      'CREATE INDEX IF NOT EXISTS surge_declaration_by_policy ON config.surge_declaration (policy, declaration)',
    );
    await runner.query(
      'CREATE INDEX IF NOT EXISTS surge_declaration_pending ON config.surge_declaration (declaration) WHERE NOT announced',
    );
  }

  async down(): Promise<void> {
    // The table is shared, and says who declared what.
  }
}
