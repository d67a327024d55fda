/** Everything that the stream can refuse, and why. The list is closed: callers may switch over it. */
export type StreamErrorCode =
  /** The store was created with another number of partitions. */
  | 'partitions_mismatch'
  /** The database holds no log yet, or one that an older version made. */
  | 'no_store'
  /** A position belongs to another log, or lies past this log's end. */
  | 'log_changed'
  /** Kafka has outputs that the database does not know to have made: it was restored to an earlier moment. */
  | 'log_ahead_of_database'
  /** Outputs are missing between the last one relayed and the next one kept. */
  | 'outbox_gap'
  /** A topic exists with other settings than are stated. */
  | 'topic_mismatch'
  /** The log does not take records now; the same may succeed later. */
  | 'log_unavailable'
  /** The brokers answer, but take neither the login nor the way they are spoken to. */
  | 'log_access_refused'
  /** Records between a position and the log's start are gone. */
  | 'input_gap'
  /** Another owner has taken the partition over; this one can commit nothing. */
  | 'fenced'
  /** A record cannot be written: not JSON, no such partition, a NUL in its key. */
  | 'invalid_record'
  /** A statement of the transaction failed earlier, so nothing of it may be committed. */
  | 'transaction_aborted'
  /** A unit of work was used after it had been committed or rolled back. */
  | 'unit_closed'
  /** The log or the processing was closed. */
  | 'closed'
  /** A handler asks for the same records again later, because something they name is not there yet. */
  | 'not_ready'
  /** A topic without a handler, a handler without a topic. */
  | 'handler_mismatch'
  /** A caller passed an option outside its range. */
  | 'invalid_option';

/** An error with a code, what was wrong, where, and what to do. */
export class StreamError extends Error {
  override readonly name = 'StreamError';

  constructor(
    readonly code: StreamErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
