import type { ServiceMetrics } from '@punctual/service-kit';
import { Counter, Gauge } from 'prom-client';
import type { CutOff } from './api/event-sender.js';

/** Counts those who follow `GET /v1/events` of this instance, and those who were cut off. */
export class EventStreamMetrics {
  private readonly cut: Counter<'reason'>;

  constructor({ registry }: ServiceMetrics, followers: () => number) {
    const registers = [registry];
    new Gauge({
      name: 'punctual_event_stream_clients',
      help: 'Clients that follow GET /v1/events of this instance.',
      registers,
      collect() {
        this.set(followers());
      },
    });
    this.cut = new Counter({
      name: 'punctual_event_stream_cut_off_total',
      help: 'Clients of GET /v1/events that were cut off, by reason: too_slow (too much piled up) or stalled (took nothing).',
      labelNames: ['reason'],
      registers,
    });
  }

  cutOff(reason: CutOff): void {
    this.cut.inc({ reason });
  }
}
