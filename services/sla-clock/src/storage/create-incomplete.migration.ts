import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dead letters about tickets that nobody has dealt with, as the log says. The ticket need not be known: its first record may be among them. */
export class CreateIncomplete1790000200000 implements MigrationInterface {
  readonly name = 'CreateIncomplete1790000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.incomplete (
        partition integer NOT NULL,
        source    text NOT NULL,
        ticket    text NOT NULL,
        letter    text NOT NULL,
        PRIMARY KEY (source, ticket, letter)
      )`);
    await runner.query('CREATE INDEX incomplete_partition ON sla_clock.incomplete (partition)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sla_clock.incomplete');
  }
}
