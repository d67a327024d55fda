import type { Instant } from '@punctual/contracts';
import type { DataSource, QueryRunner } from 'typeorm';
import { monthStatements, type MonthlyTable } from './month-partitions.js';
import { monthNamed, type Month } from './month.js';

const DAY_MS = 86_400_000;

/** An empty month of timelines stays this long, for events that come late. */
const EMPTY_KEPT_MS = 31 * DAY_MS;

/** One instance at a time drops months. */
const DROPPING = `hashtextextended('sla_clock months to drop', 0)`;

/** A month that was dropped. */
export interface DroppedMonth {
  readonly table: MonthlyTable;
  readonly name: string;
}

/**
 * Drops months as a whole: of timelines, what sealing has emptied; of SLA events, what is older than `publishedKeptMs` and speaks of sealed
 * tickets only. Age is reckoned by the slowest watermark and the slowest source, so a history that is being read in keeps what it needs.
 *
 *     attached ──DETACH CONCURRENTLY──▶ detached ──still not needed──▶ dropped
 *         ▲                                 └──written to meanwhile──▶ attached
 *
 * Detaching like this lets every fold go on. A fold that was about to write into the month waits for nothing: it fails on the missing month,
 * and its next try makes it anew. What a process left half done, the next run ends.
 */
export async function dropMonths(dataSource: DataSource, publishedKeptMs: number): Promise<DroppedMonth[]> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    const [lock] = (await runner.query(`SELECT pg_try_advisory_lock(${DROPPING}) AS mine`)) as { mine: boolean }[];
    if (lock?.mine !== true) return [];
    try {
      // Detaching waits for the transactions that read the whole now: as long as that takes.
      await runner.query('SET lock_timeout = 0');
      await runner.query('SET statement_timeout = 0');
      const now = await slowestTime(runner);
      if (now === null) return [];
      const dropped: DroppedMonth[] = [];
      for (const [table, keptMs] of [
        ['ticket_event', EMPTY_KEPT_MS],
        ['sla_event', publishedKeptMs],
      ] as const) {
        for (const found of await monthsIn(runner, table)) {
          const kept = found.month.end > now - keptMs || (await isNeeded(runner, table, found.month));
          if (kept && found.state === 'attached') continue;
          if (await dropMonth(runner, table, found)) dropped.push({ table, name: found.month.name });
        }
      }
      return dropped;
    } finally {
      await runner.query('RESET lock_timeout');
      await runner.query('RESET statement_timeout');
      await runner.query(`SELECT pg_advisory_unlock(${DROPPING})`);
    }
  } finally {
    await runner.release();
  }
}

interface FoundMonth {
  readonly month: Month;
  /** `detaching`: a process ended while it detached it. */
  readonly state: 'attached' | 'detaching' | 'detached';
}

async function monthsIn(runner: QueryRunner, table: MonthlyTable): Promise<FoundMonth[]> {
  const rows = (await runner.query(
    `SELECT c.relname AS name, i.inhdetachpending AS detaching
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'sla_clock.${table}'::regclass
      WHERE n.nspname = 'sla_clock' AND c.relkind = 'r' AND starts_with(c.relname, '${table}_')`,
  )) as { name: string; detaching: boolean | null }[];
  return rows
    .flatMap(({ name, detaching }): FoundMonth[] => {
      const month = monthNamed(name.slice(table.length + 1));
      const state = detaching === null ? 'detached' : detaching ? 'detaching' : 'attached';
      return month === null ? [] : [{ month, state }];
    })
    .sort((a, b) => a.month.end - b.month.end);
}

/** True where it is gone; false where somebody wrote into it meanwhile, and it is back. */
async function dropMonth(runner: QueryRunner, table: MonthlyTable, { month, state }: FoundMonth): Promise<boolean> {
  const name = `sla_clock.${table}_${month.name}`;
  if (state === 'attached') await runner.query(`ALTER TABLE sla_clock.${table} DETACH PARTITION ${name} CONCURRENTLY`);
  if (state === 'detaching') await runner.query(`ALTER TABLE sla_clock.${table} DETACH PARTITION ${name} FINALIZE`);
  if (await isNeeded(runner, table, month)) {
    const [, attach = ''] = monthStatements(table, month);
    await runner.query(attach);
    return false;
  }
  await runner.query(`DROP TABLE ${name}`);
  if (table === 'sla_event') await runner.query('DELETE FROM sla_clock.published_month WHERE until = $1', [month.end]);
  return true;
}

async function isNeeded(runner: QueryRunner, table: MonthlyTable, { name, start, end }: Month): Promise<boolean> {
  const question =
    table === 'ticket_event'
      ? { text: `SELECT EXISTS (SELECT FROM sla_clock.ticket_event_${name}) AS needed`, parameters: [] }
      : {
          text: `SELECT EXISTS (SELECT FROM sla_clock.ticket
                  WHERE sealed_at IS NULL AND first_published_at < $1 AND last_published_at >= $2) AS needed`,
          parameters: [end, start ?? Number.MIN_SAFE_INTEGER],
        };
  const [row] = (await runner.query(question.text, question.parameters)) as { needed: boolean }[];
  return row?.needed !== false;
}

/** The earliest of all partitions' watermarks and of the sources behind them, epoch ms; null before the first. */
async function slowestTime(runner: QueryRunner): Promise<Instant | null> {
  const [row] = (await runner.query(
    `SELECT min(least((watermark->>'at')::bigint, behind.at)) AS at FROM sla_clock.partition_time
      LEFT JOIN LATERAL (SELECT min((source.value->>'at')::bigint) AS at
                           FROM json_each(watermark->'sources') AS source) behind ON true
      WHERE watermark IS NOT NULL`,
  )) as { at: string | null }[];
  return row?.at === null || row === undefined ? null : Number(row.at);
}
