import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which tickets name which others as related. A link is stored by the ticket that names, in whose partition its events are, and found from
 * the other side by `ticket_link_related`: that ticket may be in another partition, and not there yet, or sealed.
 */
export class CreateTicketLinks1790001400000 implements MigrationInterface {
  readonly name = 'CreateTicketLinks1790001400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.ticket_link (
        source    text NOT NULL,
        ticket    text NOT NULL,
        related   text NOT NULL,
        event_id  text NOT NULL,
        linked_at bigint NOT NULL,
        PRIMARY KEY (source, ticket, related)
      )`);
    await runner.query('CREATE INDEX ticket_link_related ON sla_clock.ticket_link (source, related)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sla_clock.ticket_link');
  }
}
