import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the Kafka driver keeps besides positions: outputs on their way to Kafka, and how far they have come. */
export class CreateOutbox1790000000001 implements MigrationInterface {
  readonly name = 'CreateOutbox1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT pg_advisory_xact_lock(hashtext('punctual stream migrations'))`);
    // topic and partition are the input's, whose row in stream.position numbers the outputs; target_* is where they go.
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.outbox (
        group_name text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        log_id text NOT NULL,
        seq bigint NOT NULL,
        target_topic text NOT NULL,
        target_partition integer NOT NULL,
        key text NOT NULL,
        value text NOT NULL,
        headers json,
        PRIMARY KEY (group_name, topic, partition, log_id, seq)
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.relay (
        group_name text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        log_id text NOT NULL,
        relayed_seq bigint NOT NULL,
        PRIMARY KEY (group_name, topic, partition, log_id)
      ) WITH (fillfactor = 20)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS stream.outbox, stream.relay');
  }
}
