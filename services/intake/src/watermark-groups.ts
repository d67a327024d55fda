/** Partitions are taken in at most so many groups. */
const MOST_GROUPS = 16;

/** Groups follow one another no faster, ms. */
const LEAST_BETWEEN_MS = 50;

/**
 * The partitions in the groups in which they get their watermarks within an interval, one group after the other: as many as possible, so that
 * few partitions fold at a time, and not so many that there is a tick every few milliseconds.
 */
export function watermarkGroups(partitions: number, intervalMs: number): readonly (readonly number[])[] {
  const groups = Math.max(1, Math.min(partitions, MOST_GROUPS, Math.floor(intervalMs / LEAST_BETWEEN_MS)));
  const all = allPartitions(partitions);
  return Array.from({ length: groups }, (_none, group) => all.filter((each) => each % groups === group));
}

/** The numbers of the partitions. */
export function allPartitions(partitions: number): readonly number[] {
  return Array.from({ length: partitions }, (_none, partition) => partition);
}
