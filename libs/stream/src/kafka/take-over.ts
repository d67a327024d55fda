import type { Producer } from 'kafkajs';

/**
 * Connects a producer and takes its transactional id over: what a former holder of the id left open is settled, and it can commit no more. What it
 * did commit can be read from then on. kafkajs asks for the id no sooner than its first transaction begins, and ends one without records
 * without a request.
 */
export async function takeTransactionalIdOver(producer: Producer): Promise<void> {
  await producer.connect();
  await (await producer.transaction()).abort();
}
