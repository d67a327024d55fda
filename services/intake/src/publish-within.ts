import type { EventLog, OutgoingRecord } from '@punctual/stream';

/** The longest anybody waits for the log, ms. It may take the records all the same; readers bear with what arrives twice. */
const PUBLISH_LIMIT_MS = 10_000;

/** Publishes, or rejects after 10 s without an acknowledgement. */
export async function publishWithin(log: EventLog, records: readonly OutgoingRecord[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const error = new Error(`the event log did not acknowledge within ${PUBLISH_LIMIT_MS} ms`);
    timer = setTimeout(() => reject(error), PUBLISH_LIMIT_MS);
  });
  try {
    await Promise.race([log.publish(records), limit]);
  } finally {
    clearTimeout(timer);
  }
}
