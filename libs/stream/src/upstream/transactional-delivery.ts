import type { Admin, Kafka, Producer } from 'kafkajs';
import { encodeRecord } from '../encoded-record.js';
import type { OutgoingRecord } from '../event-log.js';
import { sendWhole } from '../kafka/send-whole.js';
import { takeTransactionalIdOver } from '../kafka/take-over.js';
import type { ClaimedPartition, UpstreamDelivery, UpstreamPosition, UpstreamPositions } from './upstream.js';

export interface TransactionalDeliverySettings {
  readonly kafka: Kafka;
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  /** Of our own topics and transactional ids. */
  readonly prefix: string;
  /** How many partitions our own topics have. */
  readonly partitions: number;
  /** Remembers where a stream began, and what Kafka has forgotten: the offsets of a group that was idle for long. */
  readonly positions: UpstreamPositions;
}

/**
 * Delivery where the stream and our own log are in one cluster: outputs and the group's offset in one Kafka transaction. Each partition of
 * the stream has a transactional id of its own. Whoever claims the partition takes that id over: what the former owner left open is settled
 * and it can commit no more; only then is the position read. The offset carries `readUntil` as its metadata.
 */
export class TransactionalDelivery implements UpstreamDelivery {
  readonly #settings: TransactionalDeliverySettings;
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;

  constructor(settings: TransactionalDeliverySettings) {
    this.#settings = settings;
    this.#admin = settings.kafka.admin();
  }

  async claim(clusterId: string, partition: number): Promise<ClaimedPartition> {
    const { kafka, name, prefix } = this.#settings;
    const producer = kafka.producer({
      transactionalId: `${prefix}upstream.${name}.${partition}`,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      transactionTimeout: 30_000,
      // Transactions back to back meet CONCURRENT_TRANSACTIONS and then sleep the first retry time (docs/adr/0005).
      retry: { initialRetryTime: 5, maxRetryTime: 500, retries: 12 },
    });
    const release = async (): Promise<void> => producer.disconnect().catch(() => undefined);
    try {
      await takeTransactionalIdOver(producer);
      const position = (await this.positions(clusterId)).get(partition) ?? { next: 0, readUntil: null };
      return { position, release, deliver: (outputs, next) => this.#deliver(producer, partition, outputs, next) };
    } catch (error) {
      await release();
      throw error;
    }
  }

  async positions(clusterId: string): Promise<ReadonlyMap<number, UpstreamPosition>> {
    const { topic, group } = this.#settings;
    this.#connected ??= this.#admin.connect().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
    await this.#connected;
    const [recorded, remembered] = await Promise.all([
      this.#admin.fetchOffsets({ groupId: group, topics: [topic] }),
      this.#settings.positions.load(clusterId),
    ]);
    const positions = new Map(remembered);
    for (const { partition, offset, metadata } of recorded[0]?.partitions ?? []) {
      const next = Number(offset);
      if (next < 0 || next < (positions.get(partition)?.next ?? 0)) continue;
      positions.set(partition, { next, readUntil: readUntilIn(metadata) });
    }
    return positions;
  }

  async close(): Promise<void> {
    await this.#connected?.catch(() => undefined);
    await this.#admin.disconnect().catch(() => undefined);
  }

  async #deliver(
    producer: Producer,
    partition: number,
    outputs: readonly OutgoingRecord[],
    { next, readUntil }: UpstreamPosition,
  ): Promise<void> {
    const { topic, group, prefix, partitions } = this.#settings;
    const encoded = outputs.map((record) => encodeRecord(record, partitions));
    const transaction = await producer.transaction();
    try {
      if (encoded.length > 0) await sendWhole(transaction, encoded, prefix);
      // kafkajs passes the metadata on, though its types do not know it.
      const offset = { partition, offset: String(next), metadata: readUntil === null ? '' : `until=${readUntil}` };
      await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [offset] }] });
      await transaction.commit();
    } catch (error) {
      // Whether it was committed is read from the position after the next claim.
      if (transaction.isActive()) await transaction.abort().catch(() => undefined);
      throw error;
    }
  }
}

function readUntilIn(metadata: string | null): number | null {
  const digits = /^until=(-?\d+)$/.exec(metadata ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}
