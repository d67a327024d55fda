import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far upstream streams have been read. */
export class UpstreamPositions1790000200000 implements MigrationInterface {
  readonly name = 'UpstreamPositions1790000200000';

  async up(runner: QueryRunner): Promise<void> {
    // A row a partition, updated each second: the free space keeps those updates on the page (HOT).
    await runner.query(`
      CREATE TABLE intake.upstream_position (
        upstream       text   NOT NULL,
        partition      int    NOT NULL,
        cluster_id     text   NOT NULL,
        topic          text   NOT NULL,
        next_offset    bigint NOT NULL,
        read_until     bigint,
        complete_until bigint,
        owner_epoch    bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (upstream, partition)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE intake.upstream_position');
  }
}
