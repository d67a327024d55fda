import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every service that reads policies brings this migration along; whichever starts first creates the table. */
export class PolicyVersions1735689600000 implements MigrationInterface {
  readonly name = 'PolicyVersions1735689600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA IF NOT EXISTS config');
    await runner.query(`
      CREATE TABLE IF NOT EXISTS config.policy_version (
        publication  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        policy       text NOT NULL,
        version      text NOT NULL,
        document     json NOT NULL,
        effective_at timestamptz(3) NOT NULL,
        mode         text NOT NULL CHECK (mode IN ('pin', 'from-now', 'retroactive')),
        published_at timestamptz(3) NOT NULL
      )`);
    await runner.query(
      'CREATE INDEX IF NOT EXISTS policy_version_by_policy ON config.policy_version (policy, publication)',
    );
  }

  async down(): Promise<void> {
    // The table is shared: taking one service back must not take the policies from the others.
  }
}
