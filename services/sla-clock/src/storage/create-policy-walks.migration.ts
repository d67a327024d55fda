import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Walks through the tickets of a policy, by partition, with how far each has come; and the indexes that they go along:
 *
 * - `ticket_open` the open tickets of a policy in a partition, by their keys;
 * - `ticket_ended` those that have ended and still have a timeline, by their last event.
 */
export class CreatePolicyWalks1790000600000 implements MigrationInterface {
  readonly name = 'CreatePolicyWalks1790000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.policy_walk (
        partition    integer NOT NULL,
        policy       text NOT NULL,
        subject      text NOT NULL,
        effective_at bigint NOT NULL,
        mode         text NOT NULL,
        affects_from bigint NOT NULL,
        phase        text NOT NULL,
        after_at     bigint NOT NULL,
        after_source text NOT NULL,
        after_ticket text NOT NULL,
        done         bigint NOT NULL,
        total        bigint,
        began_at     bigint,
        finished_at  bigint,
        PRIMARY KEY (partition, policy, subject, effective_at)
      ) WITH (fillfactor = 50)`);
    await runner.query('DROP INDEX sla_clock.ticket_open');
    await runner.query(
      'CREATE INDEX ticket_open ON sla_clock.ticket (policy, partition, source, ticket) WHERE is_open',
    );
    await runner.query(
      `CREATE INDEX ticket_ended ON sla_clock.ticket (policy, partition, last_event_at, source, ticket)
        WHERE NOT is_open AND sealed_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.ticket_ended');
    await runner.query('DROP INDEX sla_clock.ticket_open');
    await runner.query('CREATE INDEX ticket_open ON sla_clock.ticket (policy) WHERE is_open');
    await runner.query('DROP TABLE sla_clock.policy_walk');
  }
}
