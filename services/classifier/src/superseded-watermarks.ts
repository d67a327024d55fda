import type { InvalidRecord, ReceivedTopicRecord, Watermark } from '@punctual/contracts';
import type { LogRecord } from '@punctual/stream';

/** A record of `tickets.received` with what it says. */
export interface Readable {
  readonly record: LogRecord;
  readonly value: ReceivedTopicRecord | InvalidRecord;
}

/** A watermark directly followed by one about the same sources says nothing that the later does not. */
export function withoutSupersededWatermarks(records: readonly Readable[]): Readable[] {
  return records.filter(({ value }, index) => {
    const next = records[index + 1]?.value;
    return !(value.kind === 'watermark' && next?.kind === 'watermark' && modesOf(value) === modesOf(next));
  });
}

/** A session that begins or ends between two watermarks makes them different things to say. */
function modesOf({ sources }: Watermark): string {
  return JSON.stringify(
    Object.entries(sources)
      .map(([source, { mode }]) => [source, mode])
      .sort(),
  );
}
