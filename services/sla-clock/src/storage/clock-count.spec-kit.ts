import type { DataSource } from 'typeorm';

/** Open clocks of which `clock_count` says another number than a plain count does, by what they are counted by. */
export async function countedOtherwise(dataSource: DataSource): Promise<readonly object[]> {
  return dataSource.query(
    `WITH plain AS (
       SELECT partition, policy, target, commitment, coalesce(priority, '') AS priority, outcome, count(*) AS clocks
         FROM sla_clock.clock WHERE outcome IN ('running', 'paused') GROUP BY 1, 2, 3, 4, 5, 6)
     SELECT partition, policy, target, commitment, priority, outcome, p.clocks AS are, c.clocks AS counted
       FROM plain p FULL JOIN sla_clock.clock_count c USING (partition, policy, target, commitment, priority, outcome)
      WHERE coalesce(p.clocks, 0) <> coalesce(c.clocks, 0)`,
  );
}
