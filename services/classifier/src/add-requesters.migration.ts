import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who the requester of a ticket is, so that whoever erases a person finds it as long as what they wrote in its fields is kept, also when its
 * timeline is sealed. Of tickets known before this it is heard with the requester's next event.
 */
export class AddRequesters1790001600000 implements MigrationInterface {
  readonly name = 'AddRequesters1790001600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE classifier.ticket ADD requesters json NOT NULL DEFAULT '[]'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE classifier.ticket DROP requesters');
  }
}
