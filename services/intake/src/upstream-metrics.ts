import type { Instant } from '@punctual/contracts';
import type { ServiceMetrics } from '@punctual/service-kit';
import type { UpstreamState } from '@punctual/stream';
import { Counter, Gauge } from 'prom-client';

/** What the gauges read of each stream when they are scraped. */
export interface UpstreamReading {
  readonly name: string;
  readonly state: UpstreamState;
  /** Records not yet read; null where this instance has not asked: only the one that appends watermarks does. */
  readonly behind: number | null;
  readonly completeUntil: Instant | null;
}

const states: readonly UpstreamState[] = ['connecting', 'reading', 'retrying', 'refused', 'stopped'];

/** What is counted of upstream streams. The one label is the name that the configuration gives a stream. */
export class UpstreamMetrics {
  private readonly records: Counter<'upstream' | 'result'>;

  constructor({ registry }: ServiceMetrics, read: () => readonly UpstreamReading[]) {
    const registers = [registry];
    this.records = new Counter({
      name: 'punctual_upstream_records_total',
      help: 'Records of upstream streams by what became of them (events, ignored, dead_letter).',
      labelNames: ['upstream', 'result'],
      registers,
    });
    new Gauge({
      name: 'punctual_upstream_state',
      help: '1 for the state that this instance is in with a stream.',
      labelNames: ['upstream', 'state'],
      registers,
      collect() {
        for (const { name, state } of read()) {
          for (const one of states) this.set({ upstream: name, state: one }, one === state ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: 'punctual_upstream_lag_records',
      help: 'Records of a stream that no instance has read, as the instance that appends watermarks found it.',
      labelNames: ['upstream'],
      registers,
      collect() {
        for (const { name, behind } of read()) if (behind !== null) this.set({ upstream: name }, behind);
      },
    });
    new Gauge({
      name: 'punctual_upstream_read_until_timestamp_seconds',
      help: 'The instant up to which a stream has been read; the time of its source stands there.',
      labelNames: ['upstream'],
      registers,
      collect() {
        for (const { name, completeUntil } of read()) {
          if (completeUntil !== null) this.set({ upstream: name }, completeUntil / 1_000);
        }
      },
    });
  }

  count(upstream: string, result: 'events' | 'ignored' | 'dead_letter', records: number): void {
    this.records.inc({ upstream, result }, records);
  }
}
