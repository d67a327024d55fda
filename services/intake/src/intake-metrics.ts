import type { ServiceMetrics } from '@punctual/service-kit';
import { Counter, Gauge, Histogram } from 'prom-client';

/** What the gauges read when they are scraped. */
export interface WatermarkState {
  /** Seconds since the newest watermark of any instance; null while none is known. */
  ageSeconds(): number | null;
  isLeader(): boolean;
}

/** What intake counts. No label names a source, a ticket or a customer. */
export class IntakeMetrics {
  /** Events by type and by whether they were accepted, rejected or failed. */
  readonly events: Counter<'type' | 'result'>;
  /** Seconds until the log acknowledged. */
  readonly publishSeconds: Histogram<'result'>;

  constructor(metrics: ServiceMetrics, watermark: WatermarkState) {
    const registers = [metrics.registry];
    this.events = new Counter({
      name: 'punctual_intake_events_total',
      help: 'Ticket events by type and result (accepted, rejected, failed).',
      labelNames: ['type', 'result'],
      registers,
    });
    this.publishSeconds = new Histogram({
      name: 'punctual_intake_publish_seconds',
      help: 'Time until the event log acknowledged a request.',
      labelNames: ['result'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    new Gauge({
      name: 'punctual_intake_watermark_leader',
      help: '1 on the one instance that appends watermarks.',
      registers,
      collect() {
        this.set(watermark.isLeader() ? 1 : 0);
      },
    });
    new Gauge({
      name: 'punctual_intake_watermark_age_seconds',
      help: 'Age of the newest watermark that any instance appended.',
      registers,
      collect() {
        this.set(watermark.ageSeconds() ?? Number.NaN);
      },
    });
  }
}
