import type { Instant } from '@punctual/contracts';
import type { UpstreamPosition, UpstreamReach } from '@punctual/stream';

/** A partition of an upstream at a check. */
export interface CheckedPartition {
  readonly partition: number;
  readonly behind: number;
  readonly position: UpstreamPosition;
  /** Everything that its sender wrote up to this instant is in our own log, epoch ms. */
  readonly completeUntil: Instant;
}

/** Before every event of a live source. */
export const NOTHING_READ: Instant = 0;

/**
 * How far each partition has been read. `checkedAt` is an instant before the reach was asked for: whoever has read to the end then has read
 * everything up to that instant. With records left it is the time of the last one read, as far as the sender writes in the order of time.
 * `before` is what earlier checks found: time does not go back because somebody begins to write again.
 */
export function checkPartitions(
  { ends, positions }: UpstreamReach,
  checkedAt: Instant,
  before: ReadonlyMap<number, Instant>,
): readonly CheckedPartition[] {
  return [...ends].map(([partition, { start, end }]) => {
    const position = positions.get(partition) ?? { next: start, readUntil: null };
    const behind = Math.max(0, end - position.next);
    const found = behind === 0 ? checkedAt : (position.readUntil ?? NOTHING_READ);
    return { partition, behind, position, completeUntil: Math.max(found, before.get(partition) ?? NOTHING_READ) };
  });
}

/** The time of the whole: that of the partition furthest behind. */
export function earliest(times: Iterable<Instant>): Instant {
  let found = Number.POSITIVE_INFINITY;
  for (const time of times) found = Math.min(found, time);
  return found === Number.POSITIVE_INFINITY ? NOTHING_READ : found;
}
