import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Instants are epoch ms in bigint: that is what the engine reckons in, and nothing is rounded on the way. JSON is `json`, not `jsonb`: it
 * is written and read whole, and jsonb refuses escapes that a ticket's fields may hold.
 *
 * `ticket_event`, `sla_event` and closed rows of `clock` only grow; when they are cut into months, `occurred_at`, `at` and `started_at`
 * are what they are cut by.
 */
export class CreateSlaClockTables1767225600000 implements MigrationInterface {
  readonly name = 'CreateSlaClockTables1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sla_clock.ticket (
        source           text NOT NULL,
        ticket           text NOT NULL,
        partition        integer NOT NULL,
        policy           text NOT NULL,
        policy_version   text,
        settle_ms        integer NOT NULL,
        state            json,
        priority_history json NOT NULL,
        coverage_history json NOT NULL,
        revision         integer NOT NULL,
        folded_up_to     bigint,
        dues_before      bigint,
        folded_offset    bigint NOT NULL,
        wake_at          bigint,
        created_at       bigint,
        priority         text,
        covered          boolean,
        is_open          boolean NOT NULL,
        quarantined      text,
        PRIMARY KEY (source, ticket)
      ) WITH (fillfactor = 80)`);
    await runner.query(
      'CREATE INDEX ticket_wake ON sla_clock.ticket (partition, source, wake_at) WHERE wake_at IS NOT NULL',
    );
    await runner.query('CREATE INDEX ticket_open ON sla_clock.ticket (policy) WHERE is_open');
    await runner.query('CREATE INDEX ticket_quarantined ON sla_clock.ticket (partition) WHERE quarantined IS NOT NULL');
    await runner.query(`
      CREATE TABLE sla_clock.ticket_event (
        source      text NOT NULL,
        ticket      text NOT NULL,
        event_id    text NOT NULL,
        partition   integer NOT NULL,
        log_offset  bigint NOT NULL,
        occurred_at bigint NOT NULL,
        event       json NOT NULL,
        PRIMARY KEY (source, ticket, event_id)
      )`);
    await runner.query('CREATE INDEX ticket_event_log ON sla_clock.ticket_event (partition, log_offset)');
    await runner.query(`
      CREATE TABLE sla_clock.clock (
        source       text NOT NULL,
        ticket       text NOT NULL,
        promise      text NOT NULL,
        cycle        integer NOT NULL,
        partition    integer NOT NULL,
        policy       text NOT NULL,
        target       text NOT NULL,
        commitment   text NOT NULL,
        priority     text,
        cycle_key    text NOT NULL,
        outcome      text NOT NULL,
        phase        text NOT NULL,
        started_at   bigint NOT NULL,
        due_at       bigint,
        breached_at  bigint,
        stopped_at   bigint,
        late_ms      bigint,
        view         json NOT NULL,
        PRIMARY KEY (source, ticket, promise, cycle)
      ) WITH (fillfactor = 80)`);
    await runner.query(
      'CREATE INDEX clock_outcome_due ON sla_clock.clock (outcome, coalesce(due_at, 9007199254740991), source, ticket, promise, cycle)',
    );
    await runner.query('CREATE INDEX clock_policy ON sla_clock.clock (policy, stopped_at)');
    await runner.query(`
      CREATE TABLE sla_clock.sla_event (
        event_id     text PRIMARY KEY,
        source       text NOT NULL,
        ticket       text NOT NULL,
        content_key  text NOT NULL,
        partition    integer NOT NULL,
        seq          bigint NOT NULL,
        at           bigint NOT NULL,
        type         text NOT NULL,
        value        json NOT NULL,
        corrects     text,
        retracted_by text,
        UNIQUE (partition, seq)
      )`);
    await runner.query(
      `CREATE INDEX sla_event_standing ON sla_clock.sla_event (source, ticket)
        WHERE retracted_by IS NULL AND corrects IS NULL`,
    );
    await runner.query(`
      CREATE TABLE sla_clock.partition_time (
        partition        integer PRIMARY KEY,
        watermark        json,
        watermark_offset bigint NOT NULL,
        pending_from     bigint,
        next_seq         bigint NOT NULL
      ) WITH (fillfactor = 20)`);
    // By partition, so that two partitions never wait for each other's row.
    await runner.query(`
      CREATE TABLE sla_clock.sla_total (
        partition  integer NOT NULL,
        policy     text NOT NULL,
        target     text NOT NULL,
        priority   text NOT NULL,
        commitment text NOT NULL,
        outcome    text NOT NULL,
        said       bigint NOT NULL,
        retracted  bigint NOT NULL,
        PRIMARY KEY (partition, policy, target, priority, commitment, outcome)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['sla_total', 'partition_time', 'sla_event', 'clock', 'ticket_event', 'ticket']) {
      await runner.query(`DROP TABLE sla_clock.${table}`);
    }
  }
}
