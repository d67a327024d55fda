import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When a ticket is over, so that what is kept of it can end. Tickets known before this stay as they are until an event says something of their
 * status: what it was is not stored.
 */
export class AddTicketEnd1790000600000 implements MigrationInterface {
  readonly name = 'AddTicketEnd1790000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE classifier.ticket
        ADD course json NOT NULL DEFAULT '{"status":null,"place":null}', ADD ended_at bigint, ADD removed_at bigint`);
    await runner.query('ALTER TABLE classifier.ticket ALTER course DROP DEFAULT');
    await runner.query(
      'CREATE INDEX ticket_ended ON classifier.ticket (partition, ended_at) WHERE ended_at IS NOT NULL AND removed_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE classifier.ticket DROP course, DROP ended_at, DROP removed_at');
  }
}
