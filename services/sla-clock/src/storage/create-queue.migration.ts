import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The queue: every open ticket with its place in its policy's order, so that the first of them are read from an index, however many wait.
 * A place is made under an order (a hash of what it depends on); tickets that are there already get an empty one, and their places later,
 * as after a version with another order.
 */
export class CreateQueue1790001100000 implements MigrationInterface {
  readonly name = 'CreateQueue1790001100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.queue (
        source      text NOT NULL,
        ticket      text NOT NULL,
        policy      text NOT NULL,
        place_order text NOT NULL,
        place       text COLLATE "C" NOT NULL,
        due_at      bigint,
        PRIMARY KEY (source, ticket)
      )`);
    await runner.query(
      `INSERT INTO sla_clock.queue (source, ticket, policy, place_order, place)
       SELECT source, ticket, policy, '', '' FROM sla_clock.ticket WHERE is_open`,
    );
    await runner.query('CREATE INDEX queue_place ON sla_clock.queue (policy, place_order, place) INCLUDE (source)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sla_clock.queue');
  }
}
