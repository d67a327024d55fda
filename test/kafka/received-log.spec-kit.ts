import { topics, type Instant, type ReceivedTopicRecord, type TicketEvent, type Watermark } from '@punctual/contracts';
import type { Stranger } from './upstream-topic.js';

/** What stands on one partition of `tickets.received`, in order, of what counts here. */
export interface ReceivedPartition {
  readonly partition: number;
  readonly records: readonly (
    { readonly kind: 'event'; readonly event: TicketEvent } | (Watermark & { readonly kind: 'watermark' })
  )[];
}

/** `tickets.received` as a stranger reads it that sees committed records, once it holds `events` events. */
export async function receivedLog(stranger: Stranger, prefix: string, events: number): Promise<ReceivedPartition[]> {
  const found = await stranger.readPartitions(`${prefix}${topics.received}`, events, ({ key }) =>
    String(key).includes('/'),
  );
  return [...found].map(([partition, messages]) => ({
    partition,
    records: messages
      .map(({ value }) => JSON.parse(String(value)) as ReceivedTopicRecord)
      .flatMap((record) => (record.kind === 'event' || record.kind === 'watermark' ? [record] : [])),
  }));
}

/** The ids of all events, in no order; one that stands there twice is there twice. */
export function idsOf(log: readonly ReceivedPartition[]): string[] {
  return log.flatMap(({ records }) => records.flatMap((record) => (record.kind === 'event' ? [record.event.id] : [])));
}

/** The source's time as a watermark tells it, epoch ms. */
function timeOf(watermark: Watermark, source: string): Instant {
  return watermark.sources[source]?.at ?? watermark.at;
}

/** How far the source's time has come on each partition. */
export function timesReached(log: readonly ReceivedPartition[], source: string): Instant[] {
  return log.map(({ records }) => {
    const last = records.findLast((record) => record.kind === 'watermark');
    return last === undefined ? Number.NEGATIVE_INFINITY : timeOf(last, source);
  });
}

/**
 * Where time passed an event that was waiting: an event stands behind a watermark that says that its source has been read beyond it,
 * although it was in the topic by then.
 */
export function overtaken(
  log: readonly ReceivedPartition[],
  source: string,
  writtenBy: ReadonlyMap<string, Instant>,
): string[] {
  return log.flatMap(({ partition, records }) => {
    let reached = Number.NEGATIVE_INFINITY;
    const problems: string[] = [];
    for (const record of records) {
      if (record.kind === 'watermark') {
        const time = timeOf(record, source);
        if (time < reached) problems.push(`partition ${partition}: time went back from ${reached} to ${time}`);
        reached = time;
        continue;
      }
      const { id, occurredAt } = record.event;
      const waitedSince = Math.max(occurredAt, writtenBy.get(id) ?? Number.POSITIVE_INFINITY);
      if (waitedSince < reached)
        problems.push(`partition ${partition}: ${id} waited since ${waitedSince}, ${reached} passed`);
    }
    return problems;
  });
}
