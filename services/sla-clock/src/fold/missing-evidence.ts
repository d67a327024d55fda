import { topics, type DeadLetterRecord, type ReleaseRecord } from '@punctual/contracts';
import { letterId, ticketOf, type LogRecord, type UnitOfWork } from '@punctual/stream';
import { closeLetter, openLetter } from '../storage/incomplete-store.js';
import type { TicketId } from '../storage/ticket-store.js';
import type { ChangedRows } from './changed-rows.js';
import type { FoldObserver } from './fold-observer.js';
import { loadMissing } from './load-missing.js';
import type { PartitionMemory } from './partition-memory.js';
import { ticketKey } from './ticket-row.js';

/** Keeps of each ticket which of its records lie among the dead letters: what is said of it meanwhile says that something is missing. */
export class MissingEvidence {
  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly observer: FoldObserver,
    private readonly changed: ChangedRows,
  ) {}

  /** A record of the batch that cannot be read. */
  async unreadable(record: LogRecord, what: string): Promise<void> {
    this.unit.deadLetter(record, { code: 'invalid_record', detail: what, stage: 'sla-clock' });
    this.unit.afterCommit(() => this.observer.deadLettered('invalid_record'));
    await this.open(ticketOf(record.value), letterId(record));
  }

  async mark({ letter, state, source, ticket }: DeadLetterRecord): Promise<void> {
    if (state === 'open') return this.open({ source, ticket }, letter);
    await this.close({ source, ticket }, letter);
  }

  /** A ticket let go without another try of its dead letter: everything since its last fold waits for the next watermark. */
  async release({ source, ticket }: ReleaseRecord, offset: number): Promise<void> {
    const { memory } = this;
    const sql = await this.unit.transaction();
    await loadMissing(sql, memory, [{ source, ticket }]);
    const key = ticketKey(source, ticket);
    const row = memory.rows.get(key);
    if (row === undefined || row.quarantined === null) return;
    row.quarantined = null;
    row.sealAt = null;
    this.changed.add(row);
    // Where nothing but time was in the way, time has to come again, also if this process ends before.
    row.wakeAt = row.duesBefore;
    memory.setWake(row);
    memory.addParked(row, { occurredAt: row.foldedUpTo ?? Number.MIN_SAFE_INTEGER, offset });
    for (const letter of memory.incomplete.get(key) ?? []) {
      if (letter.startsWith(`${topics.classified}/`)) await this.close({ source, ticket }, letter);
    }
  }

  private async open(about: TicketId | null, letter: string): Promise<void> {
    if (about === null || !this.memory.openLetter(ticketKey(about.source, about.ticket), letter)) return;
    await openLetter(await this.unit.transaction(), this.partition, about, letter);
  }

  private async close(about: TicketId, letter: string): Promise<void> {
    if (!this.memory.closeLetter(ticketKey(about.source, about.ticket), letter)) return;
    await closeLetter(await this.unit.transaction(), about, letter);
  }
}
