import type { Instant } from '@punctual/contracts';
import type { DataSource } from 'typeorm';
import { monthsOf, type Month } from './month.js';

/** The tables that are cut into months. */
export type MonthlyTable = 'ticket_event' | 'sla_event';

/** Whoever makes a month of any table holds this to the end of the transaction. */
const MAKING = `hashtextextended('sla_clock months', 0)`;

/**
 * Makes the months of a table before anything is written into them: there is no default partition, which would take what belongs into a
 * month made later and could then never give it up.
 *
 * A month is made as a table of its own and attached. ATTACH takes SHARE UPDATE EXCLUSIVE on the whole, which lets every fold go on
 * reading and writing; CREATE TABLE … PARTITION OF would take ACCESS EXCLUSIVE, wait for all folds in flight and make all others wait
 * behind it. It happens on a connection and in a transaction of its own, so a fold that asks for a month holds nothing that the making
 * waits for, and a fold that is undone leaves an empty month behind, no more. Months made by others are found out by asking for them.
 */
export class MonthPartitions {
  private readonly known: Record<MonthlyTable, Set<string>> = { ticket_event: new Set(), sla_event: new Set() };

  constructor(private readonly dataSource: DataSource) {}

  /** Resolves when a table has the months of all these instants. Without a statement where they are known here. */
  async ensure(table: MonthlyTable, instants: Iterable<Instant>): Promise<void> {
    const known = this.known[table];
    const missing = monthsOf(instants).filter(({ name }) => !known.has(name));
    if (missing.length === 0) return;
    await this.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT pg_advisory_xact_lock(${MAKING})`);
      const there: { name: string }[] = await manager.query(
        `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'sla_clock.${table}'::regclass AND NOT i.inhdetachpending AND c.relname = ANY ($1::text[])`,
        [missing.map(({ name }) => `${table}_${name}`)],
      );
      const made = new Set(there.map(({ name }) => name));
      for (const month of missing) {
        if (made.has(`${table}_${month.name}`)) continue;
        for (const statement of monthStatements(table, month)) await manager.query(statement);
      }
    });
    for (const { name } of missing) known.add(name);
  }

  /** Watches rows being written: where a month is missing that was known here, it has been dropped, and is asked for again. */
  async watch(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      if (error instanceof Error && error.message.includes('no partition of relation')) {
        this.known.ticket_event.clear();
        this.known.sla_event.clear();
      }
      throw error;
    }
  }
}

/** What makes a month: no parameters, since PostgreSQL takes none where tables are defined. */
export function monthStatements(table: MonthlyTable, { name, start, end }: Month): string[] {
  const month = `sla_clock.${table}_${name}`;
  // A table that is there already was about to be dropped.
  return [
    `CREATE TABLE IF NOT EXISTS ${month} (LIKE sla_clock.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)`,
    `ALTER TABLE sla_clock.${table} ATTACH PARTITION ${month} FOR VALUES FROM (${start ?? 'MINVALUE'}) TO (${end})`,
  ];
}
