import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The embedded log (`store`, `head`, `record`, `member`) and what both drivers need (`position`). */
export class CreateStreamTables1790000000000 implements MigrationInterface {
  readonly name = 'CreateStreamTables1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Several services may migrate one database at the same time; whoever comes second finds everything made.
    await runner.query(`SELECT pg_advisory_xact_lock(hashtext('punctual stream migrations'))`);
    await runner.query('CREATE SCHEMA IF NOT EXISTS stream');
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.store (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        log_id text NOT NULL,
        partitions integer NOT NULL CHECK (partitions > 0),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // A row per partition, updated by every append: the free space keeps those updates on the page (HOT).
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.head (
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL DEFAULT 0,
        start_offset bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (topic, partition)
      ) WITH (fillfactor = 20)`);
    // The value is text: it may be malformed, JSON may hold escapes that jsonb refuses, and nothing queries into it.
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.record (
        topic text NOT NULL,
        partition integer NOT NULL,
        record_offset bigint NOT NULL,
        key text NOT NULL,
        value text NOT NULL,
        headers json,
        appended_at bigint NOT NULL,
        PRIMARY KEY (topic, partition, record_offset)
      )`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.position (
        group_name text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        log_id text NOT NULL,
        next_offset bigint NOT NULL,
        next_seq bigint NOT NULL,
        owner_epoch bigint NOT NULL,
        owner text NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (group_name, topic, partition, log_id)
      ) WITH (fillfactor = 20)`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream.member (
        group_name text NOT NULL,
        member_id text NOT NULL,
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (group_name, member_id)
      ) WITH (fillfactor = 20)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA IF EXISTS stream CASCADE');
  }
}
