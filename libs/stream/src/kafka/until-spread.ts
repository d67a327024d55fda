import { setTimeout as pause } from 'node:timers/promises';

/** How long the brokers of a cluster may take to hear of a new topic, and of who leads it. */
const SPREADING_MS = 30_000;
const ASK_EVERY_MS = 100;

/**
 * Asks about a topic until the answer is whole. A topic is there once the controller says so, but each broker hears of it by itself, and
 * until then denies it. After 30 s whatever comes is the answer.
 */
export async function untilSpread<T>(ask: () => Promise<T>, isWhole: (answer: T) => boolean): Promise<T> {
  const giveUpAt = performance.now() + SPREADING_MS;
  for (;;) {
    const late = performance.now() > giveUpAt;
    try {
      const answer = await ask();
      if (late || isWhole(answer)) return answer;
    } catch (error) {
      if (late || !isStillSpreading(error)) throw error;
    }
    await pause(ASK_EVERY_MS);
  }
}

function isStillSpreading(error: unknown): boolean {
  // Of a topic that its broker has left out, kafkajs takes the offsets without looking whether there are any.
  if (error instanceof TypeError) return true;
  const type = (error as { type?: unknown } | null)?.type;
  return (
    type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE' || type === 'NOT_LEADER_FOR_PARTITION'
  );
}
