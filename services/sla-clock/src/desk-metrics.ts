import type { ServiceMetrics } from '@punctual/service-kit';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';

/** How the desks of policies stand. Read from the database, so that every instance exposes the same. */
export function addDeskGauges({ registry }: ServiceMetrics, dataSource: DataSource): void {
  new Gauge({
    name: 'punctual_surge',
    help: 'Whether a surge of the desk of a policy lasts: 1 or 0; absent where there never was one.',
    labelNames: ['policy'],
    registers: [registry],
    async collect() {
      const rows: { policy: string; lasts: boolean }[] = await dataSource.query(
        'SELECT policy, bool_or(ended_at IS NULL) AS lasts FROM sla_clock.surge GROUP BY policy',
      );
      this.reset();
      for (const { policy, lasts } of rows) this.set({ policy }, lasts ? 1 : 0);
    },
  });
}
