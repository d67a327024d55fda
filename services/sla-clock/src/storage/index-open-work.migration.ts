import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes for very many open tickets. Each holds what its reader asks for, so that the rows themselves, with their JSON, are not read:
 *
 * - `ticket_wake` the timers, for the fold: an index-only scan;
 * - `clock_open` the clocks that run or pause, counted by attainment and by the gauge of armed clocks;
 * - `clock_judged` verdicts by policy and instant, for attainment over a range;
 * - `clock_live_due` the running clocks of a policy by deadline, for the queue.
 */
export class IndexOpenWork1790000400000 implements MigrationInterface {
  readonly name = 'IndexOpenWork1790000400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sla_clock.ticket_wake');
    await runner.query(
      `CREATE INDEX ticket_wake ON sla_clock.ticket (partition, source, wake_at) INCLUDE (ticket, settle_ms)
        WHERE wake_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX clock_open ON sla_clock.clock (policy, target, commitment, priority, outcome)
        WHERE outcome IN ('running', 'paused')`,
    );
    await runner.query('DROP INDEX sla_clock.clock_policy');
    await runner.query(
      `CREATE INDEX clock_judged ON sla_clock.clock (policy, (coalesce(breached_at, stopped_at)))
        WHERE outcome NOT IN ('running', 'paused', 'unknown')`,
    );
    await runner.query(
      `CREATE INDEX clock_live_due ON sla_clock.clock (policy, due_at) INCLUDE (source, ticket)
        WHERE phase = 'running' AND outcome <> 'unknown' AND due_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['clock_live_due', 'clock_judged', 'clock_open', 'ticket_wake']) {
      await runner.query(`DROP INDEX sla_clock.${index}`);
    }
    await runner.query('CREATE INDEX clock_policy ON sla_clock.clock (policy, stopped_at)');
    await runner.query(
      'CREATE INDEX ticket_wake ON sla_clock.ticket (partition, source, wake_at) WHERE wake_at IS NOT NULL',
    );
  }
}
