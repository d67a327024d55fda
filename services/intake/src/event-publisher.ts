import { ticketPartition, ticketEventTypes, topics, traceHeaders, type ReceivedRecord } from '@punctual/contracts';
import { ProblemError } from '@punctual/service-kit';
import type { EventLog } from '@punctual/stream';
import type { IntakeMetrics } from './intake-metrics.js';
import { publishWithin } from './publish-within.js';

/** An event that the log holds. */
export interface AcceptedEvent {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly partition: number;
}

/** Puts events on `tickets.received`, all of a request or none. */
export class EventPublisher {
  constructor(
    private readonly log: EventLog,
    private readonly metrics: IntakeMetrics,
  ) {}

  /**
   * Resolves when the log has acknowledged every record; each carries the trace of the request.
   * @throws ProblemError `log_unavailable` (503, Retry-After)
   */
  async publish(records: readonly ReceivedRecord[], traceparent: string): Promise<readonly AcceptedEvent[]> {
    const accepted = records.map(({ event }) => ({
      id: event.id,
      source: event.source,
      subject: event.ticket,
      partition: ticketPartition(event.source, event.ticket, this.log.partitions),
    }));
    const outgoing = records.map((value, index) => ({
      topic: topics.received,
      partition: accepted[index]?.partition ?? 0,
      key: `${value.event.source}/${value.event.ticket}`,
      value,
      ...traceHeaders(traceparent),
    }));
    const end = this.metrics.publishSeconds.startTimer();
    try {
      await publishWithin(this.log, outgoing);
    } catch (error) {
      end({ result: 'failed' });
      this.count(records, 'failed');
      throw new ProblemError(
        {
          status: 503,
          code: 'log_unavailable',
          title: 'The event log does not take events now',
          detail: 'Send the same again after the seconds in Retry-After; what arrives twice counts once.',
          headers: { 'retry-after': '2' },
        },
        { cause: error },
      );
    }
    end({ result: 'accepted' });
    this.count(records, 'accepted');
    return accepted;
  }

  /** Counts events that were refused, by the type they claim. */
  countRejected(values: readonly unknown[]): void {
    for (const value of values) {
      const claimed = typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : '';
      const type = ticketEventTypes.find((known) => known === claimed) ?? 'unknown';
      this.metrics.events.inc({ type, result: 'rejected' });
    }
  }

  private count(records: readonly ReceivedRecord[], result: string): void {
    for (const { event } of records) this.metrics.events.inc({ type: event.type, result });
  }
}
