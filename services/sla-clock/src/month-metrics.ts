import type { ServiceMetrics } from '@punctual/service-kit';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { monthNamed } from './storage/month.js';

const tables = ['ticket_event', 'sla_event'] as const;

/** How many months of events are kept, and since when. */
export function addMonthGauges(metrics: ServiceMetrics, dataSource: DataSource): void {
  const registers = [metrics.registry];
  new Gauge({
    name: 'punctual_months',
    help: 'Months kept of timelines (ticket_event) and of published SLA events (sla_event).',
    labelNames: ['table'],
    registers,
    async collect() {
      for (const table of tables) this.set({ table }, (await startsOf(dataSource, table)).length);
    },
  });
  new Gauge({
    name: 'punctual_oldest_month_start_seconds',
    help: 'When the oldest month kept of a table begins; what lies before 2000 counts as 0.',
    labelNames: ['table'],
    registers,
    async collect() {
      this.reset();
      for (const table of tables) {
        const starts = await startsOf(dataSource, table);
        if (starts.length > 0) this.set({ table }, Math.min(...starts));
      }
    },
  });
}

/** When the months of a table begin, in seconds. */
async function startsOf(dataSource: DataSource, table: (typeof tables)[number]): Promise<number[]> {
  const rows: { name: string }[] = await dataSource.query(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'sla_clock.${table}'::regclass`,
  );
  return rows.map(({ name }) => (monthNamed(name.slice(table.length + 1))?.start ?? 0) / 1_000);
}
