import type { UnitOfWork } from '@punctual/stream';
import { saveTickets } from '../storage/ticket-store.js';
import type { PartitionMemory } from './partition-memory.js';
import { ticketKey, type TicketRow } from './ticket-row.js';

/** The most tickets saved by one statement. */
const CHUNK = 1_000;

/** The ticket rows that one batch has changed and not yet saved, and what else is worth saving at its end. */
export class ChangedRows {
  private readonly rows = new Map<string, TicketRow>();
  /** Keys of the tickets that records of the batch are about: they are in memory until its end. */
  private readonly spokenOf = new Set<string>();
  /** Whether something was decided by the batch's time: that time is saved with it. */
  timeMoved = false;

  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  add(row: TicketRow): void {
    this.rows.set(ticketKey(row.source, row.ticket), row);
  }

  /** Lets go of a row without saving it; false where it was not changed. */
  drop({ source, ticket }: TicketRow): boolean {
    return this.rows.delete(ticketKey(source, ticket));
  }

  keepUntilEnd(key: string): void {
    this.spokenOf.add(key);
  }

  /** The batch speaks of no ticket any more. */
  atEnd(): void {
    this.spokenOf.clear();
  }

  /** Saves the tickets changed so far. Those that the batch still speaks of stay in memory, the others make room. */
  async save(): Promise<void> {
    const sql = await this.unit.transaction();
    const rows = [...this.rows.values()];
    for (let from = 0; from < rows.length; from += CHUNK) {
      this.unit.sent(saveTickets(sql, this.partition, rows.slice(from, from + CHUNK)));
    }
    this.rows.clear();
    this.memory.trim(this.spokenOf);
  }
}
