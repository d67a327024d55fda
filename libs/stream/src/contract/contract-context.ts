import type { DataSource } from 'typeorm';
import type { BatchHandler, EventLog, LogRecord, OutgoingRecord, Processing, Sql } from '../event-log.js';

/** One store or cluster, fresh for each test, and what a test must be able to do to it. */
export interface LogHarness {
  readonly partitions: number;
  /** Committed states, as any other connection sees them. */
  readonly sql: Sql;
  /** What `sql` speaks through. */
  readonly dataSource: DataSource;
  /** Opens the log as another process would. */
  open(): Promise<OpenedLog>;
  /** Publishes and leaves the commit open. */
  beginPublish(records: readonly OutgoingRecord[]): Promise<{ commit(): Promise<void>; rollback(): Promise<void> }>;
  /** Appends text that need not be JSON. */
  appendText(topic: string, partition: number, key: string, text: string): Promise<void>;
  /** Everything committed in a partition. */
  read(topic: string, partition: number): Promise<readonly LogRecord[]>;
  /** Ends everything and fails if something was left open. */
  close(): Promise<void>;
}

export interface OpenedLog {
  readonly log: EventLog;
  /** Cuts every connection to the database for good, as the death of the process would, without finishing anything. */
  kill(): Promise<void>;
}

export const input = 'contract.in';
export const output = 'contract.out';
export const group = 'fold';

/** What a test of the contract has at hand: an opened log and a fold whose every effect can be counted. */
export interface ContractContext {
  readonly harness: LogHarness;
  readonly log: EventLog;
  /** Stores each record, which fails if one comes twice, and passes it on to `output`. */
  readonly fold: BatchHandler;
  /** Consumes `input` as `group`. */
  process(handler: BatchHandler, on?: EventLog, maxBatch?: number): Promise<Processing>;
  /** The values that were stored, sorted. */
  seen(): Promise<number[]>;
  /** The values in a partition of a topic, in order. */
  valuesIn(topic: string, partition: number): Promise<unknown[]>;
}

export async function newContext(harness: LogHarness): Promise<ContractContext> {
  const { log } = await harness.open();
  await harness.sql.query('CREATE TABLE seen (partition int, value int PRIMARY KEY, position int)');
  return {
    harness,
    log,
    async fold({ partition, records }, unit) {
      const sql = await unit.transaction();
      await sql.query('INSERT INTO seen SELECT $1, * FROM unnest($2::int[], $3::int[])', [
        partition,
        records.map((record) => record.value),
        records.map((record) => record.offset),
      ]);
      unit.emit(records.map(({ key, value }) => ({ topic: output, partition, key, value })));
    },
    process: (handler, on = log, maxBatch = 2_000) => on.process({ group, topics: [input], handler, maxBatch }),
    async seen() {
      const rows = await harness.sql.query<{ value: number }>('SELECT value FROM seen ORDER BY value');
      return rows.map((row) => row.value);
    },
    async valuesIn(topic, partition) {
      return (await harness.read(topic, partition)).map((record) => record.value);
    },
  };
}

/** Records for `input` whose values are numbers. */
export function outgoing(values: readonly number[], partition: number): OutgoingRecord[] {
  return values.map((value) => ({ topic: input, partition, key: `k${value % 7}`, value }));
}

/** The whole numbers from `from` up to but not including `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
