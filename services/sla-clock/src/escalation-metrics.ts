import type { ServiceMetrics } from '@punctual/service-kit';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';

/** A reading that took longer is kept, ms … */
const SLOW_MS = 250;
/** … for so many times as long as it took: with very many open escalations scrapes take a twentieth of a connection's time at most. */
const KEPT_TIMES = 20;

/**
 * How many escalations wait for people, by policy. Read from the database, so that every instance exposes the same. Labels are names of
 * policies and two states.
 */
export function addEscalationGauge({ registry }: ServiceMetrics, dataSource: DataSource): void {
  let keptUntil = Number.NEGATIVE_INFINITY;
  new Gauge({
    name: 'punctual_open_escalations',
    help: 'Live escalations of open tickets that nobody has resolved, by state: raised (nobody has taken it up) or acknowledged; absent where there is none.',
    labelNames: ['policy', 'state'],
    registers: [registry],
    async collect() {
      const began = performance.now();
      if (began < keptUntil) return;
      const rows: { policy: string; state: string; n: string }[] = await dataSource.query(OPEN_ESCALATIONS);
      const ended = performance.now();
      if (ended - began > SLOW_MS) keptUntil = ended + KEPT_TIMES * (ended - began);
      this.reset();
      for (const { policy, state, n } of rows) this.set({ policy, state }, Number(n));
    },
  });
}

/** Reads two indexes that hold escalations only. An answer names the escalation by its id; one that resolves it need not be preceded by another. */
const OPEN_ESCALATIONS = `
  WITH answered AS (
    SELECT value -> 'escalation' ->> 'raised' AS raised, bool_or(type = 'sla.escalation.resolved') AS resolved
      FROM sla_clock.sla_event
     WHERE type IN ('sla.escalation.acknowledged', 'sla.escalation.resolved') AND retracted_by IS NULL
     GROUP BY 1
  )
  SELECT t.policy, CASE WHEN a.raised IS NULL THEN 'raised' ELSE 'acknowledged' END AS state, count(*) AS n
    FROM sla_clock.sla_event e
    JOIN sla_clock.ticket t USING (source, ticket)
    LEFT JOIN answered a ON a.raised = e.event_id
   WHERE e.type = 'sla.escalation.raised' AND e.retracted_by IS NULL AND e.value ->> 'mode' = 'live'
     AND t.is_open AND a.resolved IS NOT TRUE
   GROUP BY 1, 2`;
