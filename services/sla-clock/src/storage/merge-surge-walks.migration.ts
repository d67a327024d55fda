import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A surge is walked to as a published version is: what was still under way starts again, which says nothing twice. */
export class MergeSurgeWalks1790000800000 implements MigrationInterface {
  readonly name = 'MergeSurgeWalks1790000800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `
      INSERT INTO sla_clock.policy_walk
        (partition, policy, subject, effective_at, mode, affects_from, phase, after_at, after_source, after_ticket, done)
      SELECT partition, policy, 'surge', edge, 'surge', edge, 'open', $1, '', '', 0 FROM sla_clock.surge_walk`,
      [Number.MIN_SAFE_INTEGER],
    );
    await runner.query('DROP TABLE sla_clock.surge_walk');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.surge_walk (
        partition    integer NOT NULL,
        policy       text NOT NULL,
        edge         bigint NOT NULL,
        after_source text,
        after_ticket text,
        PRIMARY KEY (partition, policy)
      )`);
    await runner.query(`
      INSERT INTO sla_clock.surge_walk (partition, policy, edge)
      SELECT partition, policy, max(effective_at) FROM sla_clock.policy_walk
       WHERE mode = 'surge' AND finished_at IS NULL GROUP BY partition, policy`);
    await runner.query(`DELETE FROM sla_clock.policy_walk WHERE mode = 'surge'`);
  }
}
