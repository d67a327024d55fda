import { Gauge } from 'prom-client';
import type { ServiceMetrics } from './metrics.js';

/** How far a consumer is behind in one partition of a topic. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Records that are in the log and not yet processed. */
  readonly behind: number;
}

/** Exposes how far this instance is behind in each partition it follows, asked at the scrape. */
export function addLagGauge({ registry }: ServiceMetrics, lag: () => Promise<readonly PartitionLag[]>): void {
  new Gauge({
    name: 'punctual_log_lag_records',
    help: 'Records in the log behind the position reached, by partition.',
    labelNames: ['topic', 'partition'],
    registers: [registry],
    async collect() {
      const partitions = await lag();
      this.reset();
      for (const { topic, partition, behind } of partitions) this.set({ topic, partition }, behind);
    },
  });
}
