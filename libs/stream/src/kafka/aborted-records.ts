import { createRequire } from 'node:module';

/** What a fetch brought of one partition, as kafkajs has decoded it. */
export interface FetchedPartition {
  /** In the order in which they ended; null where the reader wants records of open transactions as well. */
  abortedTransactions?: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedMessage[];
}

interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  /** kafkajs hands no such record over, but counts its offset. */
  isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}

interface BrokerClass {
  readonly prototype: { fetch(request: unknown): Promise<FetchResponse> };
}

/**
 * kafkajs 2.2.4 takes the aborted transactions of a fetch to be listed in the order in which they began, and looks at one of them a
 * record. Brokers list them as they ended. So where transactions of several producers overlap it hands over what was never
 * committed. Here its brokers' answers are read rightly, before it reads them (docs/adr/0005).
 */
export function hideAbortedRecords(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/broker/index.js') as BrokerClass;
  const original = prototype.fetch;
  prototype.fetch = async function fetch(this: unknown, request: unknown): Promise<FetchResponse> {
    const response = await original.call(this as typeof prototype, request);
    for (const { partitions } of response.responses) for (const partition of partitions) markAborted(partition);
    return response;
  };
}

/** Makes kafkajs pass over the records of aborted transactions as over those that only mark a transaction's end. */
export function markAborted(partition: FetchedPartition): void {
  const { abortedTransactions, messages } = partition;
  if (!abortedTransactions || abortedTransactions.length === 0) return;
  partition.abortedTransactions = [];
  const waiting = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<string>();
  for (const message of messages) {
    const { batchContext: batch } = message;
    // Records of the time before transactions have no such context.
    if (batch === undefined) continue;
    for (let next = waiting[0]; next !== undefined && next.firstOffset <= Number(message.offset); next = waiting[0]) {
      aborting.add(next.producerId);
      waiting.shift();
    }
    if (message.isControlRecord === true) {
      if (isAbort(message.key)) aborting.delete(batch.producerId);
    } else if (batch.inTransaction && aborting.has(batch.producerId)) message.isControlRecord = true;
  }
}

/** The key of a control record is a version and a type, two bytes each; type 0 is the end of a transaction that was aborted. */
function isAbort(key: Buffer | null): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}
