import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many clocks run and pause, so that reading it costs the same whatever is open. The table of clocks keeps the counts itself, from the rows
 * that a statement found and those it left: no statement can change clocks past them, neither one that is yet to be written nor one of a version
 * from before, which may still be at work beside this one (ADR 0023). By partition, so that two of them never wait for each other's row.
 *
 * The index `clock_open` goes: it was only there to be counted.
 */
export class CountOpenClocks1790002200000 implements MigrationInterface {
  readonly name = 'CountOpenClocks1790002200000';

  async up(runner: QueryRunner): Promise<void> {
    // Counts every open clock once, which may be very many.
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query(`
      CREATE TABLE sla_clock.clock_count (
        partition  integer NOT NULL,
        policy     text NOT NULL,
        target     text NOT NULL,
        commitment text NOT NULL,
        priority   text NOT NULL,
        outcome    text NOT NULL,
        clocks     bigint NOT NULL,
        PRIMARY KEY (partition, policy, target, commitment, priority, outcome)
      ) WITH (fillfactor = 50)`);
    await runner.query(COUNT_OPEN_CLOCKS);
    // The first trigger keeps writers out until the end of this transaction, so that what is counted is what the triggers go on from.
    for (const [name, event, tables] of triggers) {
      await runner.query(
        `CREATE TRIGGER ${name} AFTER ${event} ON sla_clock.clock ${tables}
            FOR EACH STATEMENT EXECUTE FUNCTION sla_clock.count_open_clocks()`,
      );
    }
    await runner.query(
      `INSERT INTO sla_clock.clock_count (partition, policy, target, commitment, priority, outcome, clocks)
       SELECT partition, policy, target, commitment, coalesce(priority, ''), outcome, count(*)
         FROM sla_clock.clock WHERE outcome IN ('running', 'paused') GROUP BY 1, 2, 3, 4, 5, 6`,
    );
    await runner.query('DROP INDEX sla_clock.clock_open');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    for (const [name] of triggers) await runner.query(`DROP TRIGGER ${name} ON sla_clock.clock`);
    await runner.query('DROP FUNCTION sla_clock.count_open_clocks()');
    await runner.query('DROP TABLE sla_clock.clock_count');
    await runner.query(
      `CREATE INDEX clock_open ON sla_clock.clock (policy, target, commitment, priority, outcome)
        WHERE outcome IN ('running', 'paused')`,
    );
  }
}

/** A statement that inserts or updates (`ON CONFLICT`) comes to two of them, each with its share of the rows. */
const triggers = [
  ['clock_inserted', 'INSERT', 'REFERENCING NEW TABLE AS are'],
  ['clock_updated', 'UPDATE', 'REFERENCING OLD TABLE AS were NEW TABLE AS are'],
  ['clock_deleted', 'DELETE', 'REFERENCING OLD TABLE AS were'],
  ['clock_truncated', 'TRUNCATE', ''],
] as const;

/** A priority that a clock does not have is counted as an empty one, which no policy can name. */
const COUNT_OPEN_CLOCKS = `
  CREATE FUNCTION sla_clock.count_open_clocks() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      INSERT INTO sla_clock.clock_count AS c (partition, policy, target, commitment, priority, outcome, clocks)
      SELECT partition, policy, target, commitment, coalesce(priority, ''), outcome, sum(more)
        FROM (SELECT partition, policy, target, commitment, priority, outcome, 1 AS more FROM are
               WHERE outcome IN ('running', 'paused')
               UNION ALL
              SELECT partition, policy, target, commitment, priority, outcome, -1 FROM were
               WHERE outcome IN ('running', 'paused')) changed
       GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(more) <> 0
      ON CONFLICT (partition, policy, target, commitment, priority, outcome) DO UPDATE SET clocks = c.clocks + excluded.clocks;
    ELSIF TG_OP = 'INSERT' THEN
      INSERT INTO sla_clock.clock_count AS c (partition, policy, target, commitment, priority, outcome, clocks)
      SELECT partition, policy, target, commitment, coalesce(priority, ''), outcome, count(*)
        FROM are WHERE outcome IN ('running', 'paused') GROUP BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (partition, policy, target, commitment, priority, outcome) DO UPDATE SET clocks = c.clocks + excluded.clocks;
    ELSIF TG_OP = 'DELETE' THEN
      INSERT INTO sla_clock.clock_count AS c (partition, policy, target, commitment, priority, outcome, clocks)
      SELECT partition, policy, target, commitment, coalesce(priority, ''), outcome, -count(*)
        FROM were WHERE outcome IN ('running', 'paused') GROUP BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (partition, policy, target, commitment, priority, outcome) DO UPDATE SET clocks = c.clocks + excluded.clocks;
    ELSE
      DELETE FROM sla_clock.clock_count;
    END IF;
    RETURN NULL;
  END $$`;
