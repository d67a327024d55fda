import type { DataSource } from 'typeorm';
import { backoffMs, pause } from './backoff.js';
import type { EncodedRecord } from './encoded-record.js';
import type { Assignment, BatchHandler, LogRecord, PartitionStatus, Sql } from './event-log.js';
import { classifyFault } from './fault.js';
import { claimPosition, passFence, type Claim, type PositionKey } from './fence.js';
import { FencedUnit } from './fenced-unit.js';
import type { FoldCounts } from './fold-counts.js';
import { StreamError } from './stream-error.js';
import { describeError, type StreamLogger } from './stream-logger.js';
import { beginTransaction, type Transaction } from './transaction.js';

/** What a partition's fold needs; the same for both drivers, which differ in `logRange` and `write`. */
export interface FoldSettings {
  readonly dataSource: DataSource;
  readonly key: PositionKey;
  /** The member that folds. */
  readonly owner: string;
  readonly partitions: number;
  readonly handler: BatchHandler;
  readonly counts: FoldCounts;
  readonly logger: StreamLogger;
  /** The log's first kept offset and the offset after its last record. */
  logRange(): Promise<{ readonly start: number; readonly end: number }>;
  /** What else a driver asks of a claim before anything is folded; throws where only a person can go on. */
  checkClaim?(claim: Claim): Promise<void>;
  write(sql: Sql, records: readonly EncodedRecord[]): Promise<() => void>;
  /** Ownership was lost; resolves when it is known whether the partition is still this member's (`signal` is aborted if not). */
  onFenced(): Promise<void>;
  /** Ends waits; a batch in hand is finished all the same. */
  readonly signal: AbortSignal;
}

interface Spell {
  readonly assignment: Assignment;
  /** The position reached, in memory. */
  position: number;
  /** The position in the database; behind `position` after idle units. */
  saved: number;
  /** Whether the handler has asked for another unit without records. */
  goesOn: boolean;
}

const refusedPauseMs = 10_000;

/**
 * Folds one partition, one batch after another:
 *
 *     unclaimed ──claim──▶ owned ──fold: committed or idle──▶ owned
 *         ▲                  │
 *         └──────────────────┘ fold failed (rolled back), fence lost
 *
 * Each claim is a new spell of ownership with a new assignment, and starts at the position in the database. So after a failure the
 * handler sees again what was not committed, including records of idle units, whose effects were in its memory only.
 */
export class PartitionFold {
  readonly #settings: FoldSettings;
  #spell: Spell | undefined;
  #failures = 0;
  #problem: PartitionStatus['problem'] = null;
  #refused = false;
  #rest: (() => Promise<void>) | undefined;

  constructor(settings: FoldSettings) {
    this.#settings = settings;
  }

  /** The offset of the next record wanted, or undefined where the partition has to be claimed first. */
  get position(): number | undefined {
    return this.#spell?.position;
  }

  get hasUnsavedPosition(): boolean {
    return this.#spell !== undefined && this.#spell.saved !== this.#spell.position;
  }

  /** Whether there is something to do without records, by `goOn`. */
  get goesOn(): boolean {
    return this.#spell?.goesOn ?? false;
  }

  status(): PartitionStatus {
    const { topic, partition } = this.#settings.key;
    const state = this.#refused ? 'refused' : this.#failures > 0 ? 'retrying' : this.#spell ? 'folding' : 'claiming';
    const position = this.#spell?.position ?? -1;
    return { topic, partition, position, state, problem: this.#problem, failures: this.#failures };
  }

  /** Waits out the last failure. Apart from `fold` and `claim`, so that a partition at rest holds no place among those that work. */
  async rest(): Promise<void> {
    const rest = this.#rest;
    this.#rest = undefined;
    await rest?.();
  }

  /** Takes the partition over. Never throws: a failure is logged and left to the next call. */
  async claim(): Promise<void> {
    const { key, dataSource, owner } = this.#settings;
    try {
      const range = await this.#settings.logRange();
      const transaction = await beginTransaction(dataSource);
      try {
        const claim = await claimPosition(transaction, key, owner, range.start);
        await transaction.commit();
        await this.#checkRange(claim.offset);
        await this.#settings.checkClaim?.(claim);
        const { group, topic, partition } = key;
        const assignment = Object.freeze({ group, topic, partition, epoch: claim.epoch });
        this.#spell = { assignment, position: claim.offset, saved: claim.offset, goesOn: false };
      } finally {
        await transaction.rollback();
      }
      this.#refused = false;
    } catch (error) {
      this.#recover(error);
    }
  }

  /** Hands a batch over and commits it. Never throws: after a failure `position` is undefined and the caller claims again. */
  async fold(records: readonly LogRecord[]): Promise<void> {
    const last = records.at(-1);
    if (this.#spell !== undefined && last !== undefined) await this.#foldUpTo(this.#spell, records, last.offset + 1);
  }

  /** A unit without records, where the handler has asked for one. Never throws, as `fold`. */
  async goOn(): Promise<void> {
    if (this.#spell?.goesOn === true) await this.#foldUpTo(this.#spell, [], this.#spell.position);
  }

  async #foldUpTo(spell: Spell, records: readonly LogRecord[], next: number): Promise<void> {
    const { key, counts, handler } = this.#settings;
    const unit = new FencedUnit({
      partitions: this.#settings.partitions,
      logId: key.logId,
      begin: () => this.#beginFenced(spell, next),
      write: (sql, outputs) => this.#settings.write(sql, outputs),
    });
    try {
      await handler({ topic: key.topic, partition: key.partition, records, assignment: spell.assignment }, unit);
      const outcome = await unit.finish();
      spell.position = next;
      if (outcome === 'committed') spell.saved = next;
      spell.goesOn = unit.goesOn;
      counts.folded(outcome, records.length);
      this.#failures = 0;
      this.#problem = null;
    } catch (error) {
      await unit.abandon();
      // A handler's framework may have replaced the error; a failure of the transaction itself says more.
      this.#recover(unit.failure ?? error);
    }
  }

  /** Moves past offsets of the log that are no records, in memory; the position is saved as after idle units. */
  skipTo(offset: number): void {
    if (this.#spell !== undefined && this.#spell.position < offset) this.#spell.position = offset;
  }

  /** Saves a position that idle units have moved. Never throws. */
  async savePosition(): Promise<void> {
    const spell = this.#spell;
    if (spell === undefined || spell.saved === spell.position) return;
    const next = spell.position;
    try {
      const transaction = await this.#beginFenced(spell, next);
      try {
        await transaction.commit();
        spell.saved = next;
      } finally {
        await transaction.rollback();
      }
    } catch (error) {
      this.#recover(error);
    }
  }

  /** Reading failed or the log has a gap: the same as a failed fold. */
  fail(error: unknown): void {
    this.#recover(error);
  }

  async #beginFenced(spell: Spell, next: number): Promise<Transaction> {
    const transaction = await beginTransaction(this.#settings.dataSource);
    try {
      await passFence(transaction, this.#settings.key, spell.assignment.epoch, spell.saved, next);
      return transaction;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  async #checkRange(position: number): Promise<void> {
    const { topic, partition, group } = this.#settings.key;
    const { start, end } = await this.#settings.logRange();
    const where = `group '${group}' stands at offset ${position} of partition ${partition} of '${topic}'`;
    if (position < start) {
      throw new StreamError(
        'input_gap',
        `${where}, but the log now starts at ${start}: ${start - position} records are gone unread. ` +
          'Restore them, or let punctual recover go on without them.',
      );
    }
    if (position > end) {
      throw new StreamError(
        'log_changed',
        `${where}, but the log ends at ${end}: it is not the log this position was made on. ` +
          'Restore log and database to the same moment, or recover the group.',
      );
    }
  }

  #recover(error: unknown): void {
    this.#spell = undefined;
    const { key, counts, logger, signal } = this.#settings;
    const fault = classifyFault(error);
    this.#failures += 1;
    const code = (error as { code?: unknown } | null)?.code;
    this.#problem = {
      code: typeof code === 'string' ? code : fault === 'bug' ? 'handler_failed' : fault,
      detail: error instanceof Error ? error.message : 'the handler failed; its framework has logged why',
    };
    counts.failed(fault);
    const where = { group: key.group, topic: key.topic, partition: key.partition, failures: this.#failures };
    switch (fault) {
      case 'fenced':
        logger.info('another member has taken the partition over', where);
        this.#rest = async () => {
          await this.#settings.onFenced();
          // Two members that disagree for a moment must not take the partition from each other at full speed.
          await pause(backoffMs(this.#failures, 20, 1_000), signal);
        };
        return;
      case 'transient':
        logger.warn('a unit was rolled back and will be tried again', { ...where, ...describeError(error) });
        this.#rest = () => pause(backoffMs(this.#failures, 50, 5_000), signal);
        return;
      case 'refused':
        if (!this.#refused)
          logger.error('the partition stands still until someone decides', { ...where, ...describeError(error) });
        this.#refused = true;
        this.#rest = () => pause(refusedPauseMs, signal);
        return;
      case 'bug':
        logger.error('a handler failed; nothing is skipped, so its partition stands still and it will be tried again', {
          ...where,
          ...describeError(error),
        });
        this.#rest = () => pause(backoffMs(this.#failures, 200, 30_000), signal);
        return;
    }
  }
}
