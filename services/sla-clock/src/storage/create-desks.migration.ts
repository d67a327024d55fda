import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is measured of policies' desks, and the alarms of priority shares as the log tells them.
 *
 * - `desk` the latest figures, and when they were last calm;
 * - `desk_hour` how many tickets waited in each hour of the past weeks, for what is usual;
 * - `share_alarm` the latest alarm of each share;
 * - `ticket_created` finds the tickets created in a window with their priorities, without reading the tickets.
 */
export class CreateDesks1790001000000 implements MigrationInterface {
  readonly name = 'CreateDesks1790001000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.desk (
        policy      text PRIMARY KEY,
        measured_at bigint NOT NULL,
        waiting     integer,
        usual       double precision,
        team        integer,
        away        integer,
        calm_at     bigint,
        shares      json NOT NULL
      ) WITH (fillfactor = 20)`);
    await runner.query(`
      CREATE TABLE sla_clock.desk_hour (
        policy  text NOT NULL,
        hour    bigint NOT NULL,
        waiting bigint NOT NULL,
        times   integer NOT NULL,
        PRIMARY KEY (policy, hour)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE sla_clock.share_alarm (
        policy     text NOT NULL,
        share      text NOT NULL,
        number     bigint NOT NULL,
        raised_at  bigint NOT NULL,
        cleared_at bigint,
        reason     text NOT NULL,
        PRIMARY KEY (policy, share)
      )`);
    await runner.query(
      'CREATE INDEX ticket_created ON sla_clock.ticket (policy, created_at) INCLUDE (source, priority) WHERE created_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.ticket_created');
    for (const table of ['share_alarm', 'desk_hour', 'desk']) await runner.query(`DROP TABLE sla_clock.${table}`);
  }
}
