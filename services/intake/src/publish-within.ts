import type { EventLog, OutgoingRecord } from '@punctual/stream';
import { within } from './within.js';

/** The longest anybody waits for the log, ms. It may take the records all the same; readers bear with what arrives twice. */
const PUBLISH_LIMIT_MS = 10_000;

/** Publishes, or rejects after 10 s without an acknowledgement. */
export function publishWithin(log: EventLog, records: readonly OutgoingRecord[]): Promise<void> {
  const late = () => new Error(`the event log did not acknowledge within ${PUBLISH_LIMIT_MS} ms`);
  return within(PUBLISH_LIMIT_MS, log.publish(records), late);
}
