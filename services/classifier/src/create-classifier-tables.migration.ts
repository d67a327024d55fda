import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Instants are epoch ms. JSON is `json`, not `jsonb`: it is written and read whole, and jsonb refuses escapes that fields may hold.
 * No table but `parked` holds text that a person wrote, and a ticket leaves that one when it is tried again.
 */
export class CreateClassifierTables1767225600001 implements MigrationInterface {
  readonly name = 'CreateClassifierTables1767225600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE classifier.ticket (
        source           text NOT NULL,
        ticket           text NOT NULL,
        partition        integer NOT NULL,
        policy           text NOT NULL,
        policy_version   text NOT NULL,
        created_at       bigint NOT NULL,
        creation_claimed boolean NOT NULL,
        revision         integer NOT NULL,
        inputs           json NOT NULL,
        priority_history json NOT NULL,
        coverage_history json NOT NULL,
        quarantined      text,
        PRIMARY KEY (source, ticket)
      ) WITH (fillfactor = 80)`);
    await runner.query(`
      CREATE TABLE classifier.seen_event (
        source       text NOT NULL,
        ticket       text NOT NULL,
        event_id     text NOT NULL,
        content_hash text NOT NULL,
        PRIMARY KEY (source, ticket, event_id)
      )`);
    await runner.query(`
      CREATE TABLE classifier.decision (
        source   text NOT NULL,
        ticket   text NOT NULL,
        event_id text NOT NULL,
        at       bigint NOT NULL,
        outcome  text NOT NULL,
        decision json NOT NULL,
        PRIMARY KEY (source, ticket, event_id)
      ) WITH (fillfactor = 80)`);
    await runner.query(`
      CREATE TABLE classifier.parked (
        source     text NOT NULL,
        ticket     text NOT NULL,
        log_offset bigint NOT NULL,
        record     json NOT NULL,
        PRIMARY KEY (source, ticket, log_offset)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['parked', 'decision', 'seen_event', 'ticket']) {
      await runner.query(`DROP TABLE classifier.${table}`);
    }
  }
}
