import type { Processing } from './event-log.js';

/** More records behind than this and what a service answers is old. */
const MOST_BEHIND = 100_000;

/** A partition that failed this often in a row stands still, whatever it says next. */
const MOST_FAILURES = 3;

/** A readiness check's answer: why a service does not follow its log, for people; null while it does. */
export async function whyNotFollowing(processing: Processing | undefined): Promise<string | null> {
  if (processing === undefined) return 'the log is not joined yet';
  const { state, partitions } = processing.status();
  const stuck = partitions.find(({ state: now, failures }) => now === 'refused' || failures >= MOST_FAILURES);
  if (stuck) return `partition ${stuck.partition} stands still: ${stuck.problem?.detail ?? stuck.state}`;
  if (state !== 'running') return `the log is ${state}`;
  const behind = (await processing.lag()).reduce((sum, partition) => sum + partition.behind, 0);
  return behind > MOST_BEHIND ? `${behind} records behind the log` : null;
}
