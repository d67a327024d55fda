import type { KafkaConnection } from '../kafka/kafka-client.js';
import type { OutgoingRecord } from '../event-log.js';
import type { StreamLogger } from '../stream-logger.js';

/** A record of a topic that is not ours, as its bytes came. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** What comes of some records: outputs for our own log, and the time (epoch ms) up to which they were read; null: they do not say. */
export interface Translated {
  readonly outputs: readonly OutgoingRecord[];
  readonly readUntil: number | null;
}

/** The next offset to read, and the time up to which the sender has been read before it; null while nothing was. */
export interface UpstreamPosition {
  readonly next: number;
  readonly readUntil: number | null;
}

/** Positions that are kept beside Kafka. All of one stream. */
export interface UpstreamPositions {
  /** By partition. Throws `log_changed` where they are of another cluster or topic. */
  load(clusterId: string): Promise<ReadonlyMap<number, UpstreamPosition>>;
  /** Says where reading begins, once for a stream: nothing where a position is known already. */
  begin(clusterId: string, starts: ReadonlyMap<number, number>): Promise<void>;
  /** Takes a partition over from whoever had it; returns the epoch that `move` needs. */
  claim(clusterId: string, partition: number): Promise<{ readonly epoch: number } & UpstreamPosition>;
  /** Moves a position on. Throws `fenced` where somebody else has claimed the partition since. */
  move(partition: number, epoch: number, position: UpstreamPosition): Promise<void>;
}

/** Puts outputs on our own log together with the position after their input, as one or one after the other. */
export interface UpstreamDelivery {
  /** Takes a partition over: from now on no earlier owner can deliver. */
  claim(clusterId: string, partition: number): Promise<ClaimedPartition>;
  /** Positions as whoever owns the partitions has recorded them. */
  positions(clusterId: string): Promise<ReadonlyMap<number, UpstreamPosition>>;
  close(): Promise<void>;
}

export interface ClaimedPartition {
  readonly position: UpstreamPosition;
  deliver(outputs: readonly OutgoingRecord[], position: UpstreamPosition): Promise<void>;
  release(): Promise<void>;
}

export interface UpstreamOptions {
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  /** Where a stream begins that was never read. */
  readonly start: 'earliest' | 'latest';
  readonly connection: KafkaConnection;
  readonly positions: UpstreamPositions;
  readonly delivery: UpstreamDelivery;
  /** Translates records of one partition, in order. It throws only for what may pass. */
  readonly translate: (records: readonly RawRecord[]) => Promise<Translated>;
  /** What is in the way of reading at all; null: nothing. Asked before each join. */
  readonly whyNotYet?: () => Promise<string | null>;
  readonly timing?: Partial<UpstreamTiming>;
  readonly logger: StreamLogger;
}

/** All in ms. */
export interface UpstreamTiming {
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  readonly rebalanceMs: number;
  readonly maxWaitMs: number;
  /** The longest wait before another try. */
  readonly retryMs: number;
}

export const defaultUpstreamTiming: UpstreamTiming = {
  sessionMs: 10_000,
  heartbeatMs: 1_000,
  rebalanceMs: 60_000,
  maxWaitMs: 500,
  retryMs: 30_000,
};

/** How far a topic reaches, and how far it has been read. By partition. */
export interface UpstreamReach {
  readonly clusterId: string;
  readonly ends: ReadonlyMap<number, { readonly start: number; readonly end: number }>;
  readonly positions: ReadonlyMap<number, UpstreamPosition>;
}

export type UpstreamState = 'connecting' | 'reading' | 'retrying' | 'refused' | 'stopped';

export interface UpstreamStatus {
  readonly state: UpstreamState;
  /** What is in the way; null while nothing is. */
  readonly problem: string | null;
  /** The partitions this instance reads. */
  readonly partitions: readonly number[];
}
