import type { ServiceMetrics } from '@punctual/service-kit';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { monthNamed } from './storage/month.js';

/** How many months of events are kept, and since when. */
export function addMonthGauges(metrics: ServiceMetrics, dataSource: DataSource): void {
  const registers = [metrics.registry];
  const oldest = new Gauge({
    name: 'punctual_oldest_month_start_seconds',
    help: 'When the oldest month kept of a table begins; what lies before 2000 counts as 0.',
    labelNames: ['table'],
    registers,
  });
  new Gauge({
    name: 'punctual_months',
    help: 'Months kept of timelines (ticket_event) and of published SLA events (sla_event).',
    labelNames: ['table'],
    registers,
    async collect() {
      this.reset();
      oldest.reset();
      for (const table of ['ticket_event', 'sla_event'] as const) {
        const rows: { name: string }[] = await dataSource.query(
          `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'sla_clock.${table}'::regclass`,
        );
        const starts = rows.map(({ name }) => (monthNamed(name.slice(table.length + 1))?.start ?? 0) / 1_000);
        this.set({ table }, starts.length);
        if (starts.length > 0) oldest.set({ table }, Math.min(...starts));
      }
    },
  });
}
