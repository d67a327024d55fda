/**
 * The event-log port. A log is a set of topics, each cut into the same fixed number of partitions; order, ownership, fencing and time
 * are per partition. Two drivers implement it: `embedded` (PostgreSQL tables) and `kafka`. One contract suite holds both to it.
 */
export interface EventLog {
  /** Cluster and topics (embedded: the store) this log is; a position of another log is refused, never reused. */
  readonly logId: string;
  readonly partitions: number;
  /** Appends records and resolves when they are durable. All of a call's records to one partition stand in the order given. */
  publish(records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * Consumes `topics` as `group`. Batches of one partition are handed over one after another, of several partitions side by side.
   * Resolves once the group is joined.
   */
  process(options: ProcessOptions): Promise<Processing>;
  /**
   * Hands every record that a topic holds at the call to `visit`, each partition's in order and one after another; outside any group, and
   * nothing is moved. For looking.
   */
  scan(topic: string, visit: (record: LogRecord) => void | Promise<void>): Promise<void>;
  /**
   * Shows every record of a key in a partition of a topic to `rewrite`, in order, and puts what it gives in the place of value and headers. Returns
   * how many it changed; null on a log whose records cannot be changed, which is Kafka's. For erasing what people wrote, of records folded.
   */
  overwrite(place: KeyPlace, rewrite: (record: LogRecord) => Rewritten | null): Promise<number | null>;
  close(): Promise<void>;
}

/** Where the records of one key stand. */
export interface KeyPlace {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
}

export interface Rewritten {
  /** JSON. */
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  /** The ticket's key (`source/ticket`), or the control record's kind. */
  readonly key: string;
  /** JSON; bigint and undefined are the caller's bug. */
  readonly value: unknown;
  /** Stands for the value where it has to be kept to the letter, and may be no JSON at all: a dead letter. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Parsed JSON, or null with `malformed` set where the bytes are not JSON. */
  readonly value: unknown;
  readonly malformed?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** When the log took it, epoch ms. */
  readonly appendedAt: number;
}

export interface ProcessOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** The most records in one batch (default 2,000). */
  readonly maxBatch?: number;
  readonly handler: BatchHandler;
}

/**
 * Folds one batch. It reads and writes states through `unit.transaction()`, emits through `unit.emit()`, and returns; the processor
 * commits states, outputs and the input position together, or none of them. It throws only for transient faults and bugs; the
 * processor then rolls back, makes a new `assignment` and hands the same records over again.
 */
export type BatchHandler = (batch: RecordBatch, unit: UnitOfWork) => Promise<void>;

export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** None where the handler asked to go on. */
  readonly records: readonly LogRecord[];
  /**
   * The spell of ownership this batch belongs to. It is a new object after every reassignment, lost fence or rolled back batch, so what a
   * handler keeps in memory per partition belongs in a WeakMap keyed by it: a stale cache cannot be reached.
   */
  readonly assignment: Assignment;
}

export interface Assignment {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
}

export interface UnitOfWork {
  /**
   * The fenced transaction, opened by the first call. A unit that never opens it and emits nothing commits nothing: its position moves in
   * memory and is saved with a later unit (or after a while).
   */
  transaction(): Promise<Sql>;
  /**
   * Takes statements of the transaction that nobody waits for: PostgreSQL works on them while what follows is made. The unit ends after they
   * have, and fails as they fail. What is handed over has been sent: a statement that comes later is refused once the handler is done.
   */
  sent(statements: Promise<unknown>): void;
  /** Output records, committed with the states in the order given. */
  emit(records: readonly OutgoingRecord[]): void;
  /** Sends a record that can never be folded to its topic's dead letters, in the same transaction. */
  deadLetter(record: LogRecord, failure: DeadLetterFailure): void;
  /**
   * Asks for another unit of this spell, without records, as soon as this one has committed and no records wait: for long work in short
   * pieces. Records go first, and units without them hold at most half of the places. Nothing remembers it beyond the spell.
   */
  goOn(): void;
  /** Runs after the commit, in order; for waking in-process readers and counting metrics. Must not throw. */
  afterCommit(action: () => void): void;
}

export interface DeadLetterFailure {
  /** A code from a closed list, such as `invalid_record` or `conflicting_duplicate`. */
  readonly code: string;
  readonly detail: string;
  /** The service that gave up on it. */
  readonly stage: string;
}

/** SQL on the transaction's own connection. Parameters are positional ($1 …); arrays pass as PostgreSQL arrays. */
export interface Sql {
  query<Row extends object = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface Processing {
  /** Partitions owned now, with the position reached and the records left behind it. */
  lag(): Promise<
    readonly {
      readonly topic: string;
      readonly partition: number;
      readonly position: number;
      readonly behind: number;
    }[]
  >;
  /** Resolves when every record present in the log at the call has been folded and committed. */
  caughtUp(): Promise<void>;
  /** How it goes now; for readiness and metrics. */
  status(): ProcessingStatus;
  /** Finishes the batches in hand, saves positions, gives the partitions up. */
  stop(): Promise<void>;
}

export interface ProcessingStatus {
  /** `refused`: at least one owned partition needs a person (`input_gap`, `log_changed`); the service is not ready. */
  readonly state: 'running' | 'refused' | 'stopped';
  /** The partitions owned now. */
  readonly partitions: readonly PartitionStatus[];
  readonly counts: ProcessingCounts;
}

export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly state: 'claiming' | 'folding' | 'retrying' | 'refused';
  /** What is in the way, with a code and what to do; null while nothing is. */
  readonly problem: { readonly code: string; readonly detail: string } | null;
  /** Failures since the last unit that succeeded. */
  readonly failures: number;
}

/** Totals since the processing began. */
export interface ProcessingCounts {
  readonly records: number;
  /** Units that committed, and units that had nothing to commit. */
  readonly committed: number;
  readonly idle: number;
  /** Units rolled back, by reason. */
  readonly transientFailures: number;
  readonly fenced: number;
  readonly handlerFailures: number;
}
