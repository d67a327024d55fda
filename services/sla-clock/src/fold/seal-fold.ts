import type { Watermark } from '@punctual/contracts';
import type { UnitOfWork } from '@punctual/stream';
import { loadSealable, sealTickets } from '../storage/sealing-store.js';
import { saveTickets } from '../storage/ticket-store.js';
import type { ChangedRows } from './changed-rows.js';
import type { FoldObserver } from './fold-observer.js';
import { loadMissing } from './load-missing.js';
import type { PartitionMemory } from './partition-memory.js';
import { isSealedNow } from './seal-instant.js';
import { ticketKey, type TicketRow } from './ticket-row.js';

/** Tickets to be sealed are looked for this often, in the watermark's time, and this many at once. */
const SEAL_EVERY_MS = 60_000;
const MOST_SEALED = 500;

/** Removes the timelines of tickets that are sealed by now: now and then, and some at a time. */
export class SealFold {
  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly observer: FoldObserver,
    private readonly changed: ChangedRows,
  ) {}

  async pass(watermark: Watermark): Promise<void> {
    const { memory, changed } = this;
    if (watermark.at < memory.sealsAt) return;
    const sql = await this.unit.transaction();
    const candidates = await loadSealable(sql, this.partition, watermark, MOST_SEALED);
    await loadMissing(sql, memory, candidates);
    const sealed = candidates.flatMap(({ source, ticket }): TicketRow[] => {
      const row = memory.rows.get(ticketKey(source, ticket));
      // What was accepted before it was sealed, and lies ahead, is still folded.
      const waits = memory.pending.has(ticketKey(source, ticket));
      return row !== undefined && !waits && isSealedNow(row, memory) ? [row] : [];
    });
    await saveTickets(
      sql,
      this.partition,
      sealed.filter((row) => changed.drop(row)),
    );
    await sealTickets(
      sql,
      sealed.map((row) => memory.timelineOf(row)),
    );
    for (const row of sealed) {
      row.sealedAt = row.sealAt;
      row.state = null;
      row.priorityHistory = [];
      row.coverageHistory = [];
    }
    changed.timeMoved = true;
    memory.sealsAt = candidates.length < MOST_SEALED ? watermark.at + SEAL_EVERY_MS : watermark.at;
    this.unit.afterCommit(() => this.observer.sealed(sealed.length));
  }
}
