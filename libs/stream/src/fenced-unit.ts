import { encodeDeadLetter } from './dead-letters/dead-letter.js';
import { noteDeadLetters } from './dead-letters/dead-letter-store.js';
import { encodeRecord, type EncodedRecord } from './encoded-record.js';
import type { DeadLetterFailure, LogRecord, OutgoingRecord, Sql, UnitOfWork } from './event-log.js';
import { StreamError } from './stream-error.js';
import type { Transaction } from './transaction.js';

/** What a unit needs of its partition and of its driver. */
export interface UnitContext {
  readonly partitions: number;
  readonly logId: string;
  /** Begins a transaction and passes the fence; throws `fenced`. */
  begin(): Promise<Transaction>;
  /** Writes outputs inside the transaction, in their order over several calls; returns what is to be done once it has committed. */
  write(sql: Sql, records: readonly EncodedRecord[]): Promise<() => void>;
}

/** Outputs held in memory. Where a unit says more, what it said is written before it goes on, in the same transaction. */
const MOST_HELD = 5_000;

/** One unit of work of one batch; see `UnitOfWork` for what a handler may do with it. */
export class FencedUnit implements UnitOfWork {
  readonly #context: UnitContext;
  #outputs: EncodedRecord[] = [];
  readonly #announcements: (() => void)[] = [];
  readonly #deadLetters: { readonly record: LogRecord; readonly failure: DeadLetterFailure }[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #inFlight: Promise<unknown>[] = [];
  #transaction: Promise<Transaction> | undefined;
  #failure: unknown;
  #closed = false;
  #goesOn = false;

  constructor(context: UnitContext) {
    this.#context = context;
  }

  /** The first failure of the transaction itself, which may be hidden in what the handler throws. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether the handler asked for another unit without records. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  async transaction(): Promise<Sql> {
    this.#assertOpen();
    const transaction = await this.#begin();
    if (this.#outputs.length >= MOST_HELD) await this.#writeOutputs(transaction);
    return {
      query: async <Row extends object>(text: string, parameters?: readonly unknown[]) => {
        this.#assertOpen();
        return this.#noting(transaction.query<Row>(text, parameters));
      },
    };
  }

  sent(statements: Promise<unknown>): void {
    this.#assertOpen();
    this.#send(statements);
  }

  emit(records: readonly OutgoingRecord[]): void {
    this.#assertOpen();
    for (const record of records) this.#outputs.push(encodeRecord(record, this.#context.partitions));
  }

  deadLetter(record: LogRecord, failure: DeadLetterFailure): void {
    this.#assertOpen();
    this.#outputs.push(encodeDeadLetter(record, failure));
    this.#deadLetters.push({ record, failure });
  }

  goOn(): void {
    this.#assertOpen();
    this.#goesOn = true;
  }

  afterCommit(action: () => void): void {
    this.#assertOpen();
    this.#afterCommit.push(action);
  }

  /** Commits states, outputs and position together. `idle`: the unit had nothing to commit, and its position was not saved. */
  async finish(): Promise<'committed' | 'idle'> {
    this.#closed = true;
    const idle = this.#transaction === undefined && this.#outputs.length === 0;
    if (!idle) {
      const transaction = await this.#begin();
      if (this.#deadLetters.length > 0) {
        this.#send(noteDeadLetters(transaction, this.#context.logId, this.#deadLetters));
      }
      this.#send(this.#writeOutputs(transaction));
      await Promise.all(this.#inFlight);
      await this.#noting(transaction.commit());
      for (const announce of this.#announcements) announce();
    }
    for (const action of this.#afterCommit) action();
    return idle ? 'idle' : 'committed';
  }

  /** Undoes everything; never throws. */
  async abandon(): Promise<void> {
    this.#closed = true;
    const transaction = await this.#transaction?.catch(() => undefined);
    await transaction?.rollback();
  }

  #send(statements: Promise<unknown>): void {
    const noted = this.#noting(statements);
    // It is waited for at the end, if the unit comes to one.
    noted.catch(() => undefined);
    this.#inFlight.push(noted);
  }

  async #writeOutputs(transaction: Transaction): Promise<void> {
    const outputs = this.#outputs;
    if (outputs.length === 0) return;
    this.#outputs = [];
    this.#announcements.push(await this.#noting(this.#context.write(transaction, outputs)));
  }

  #begin(): Promise<Transaction> {
    this.#transaction ??= this.#noting(this.#context.begin());
    return this.#transaction;
  }

  async #noting<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new StreamError('unit_closed', 'the unit of work has ended; await everything in the handler');
  }
}
