import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@punctual/service-kit';
import type { Sql } from '@punctual/stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseSql } from '../storage/database-sql.js';
import { MonthPartitions } from '../storage/month-partitions.js';
import { ClockFolder } from './clock-folder.js';
import { newTicket, openRegoDesk, silent, watermark, type RegoDesk } from './rego-desk.spec-kit.js';
import { StandInUnit } from './stand-in-unit.spec-kit.js';

const HOUR = 3_600_000;
const SETTLE = 5_000;
const created = Date.parse('2026-03-03T15:00:00Z');
/** What reads the rows of tickets. */
const reading = /FROM unnest\(\$1::text\[\], \$2::text\[\]\) AS wanted \(source, ticket\)\s+JOIN sla_clock\.ticket/;
let desk: RegoDesk;

beforeAll(async () => {
  desk = await openRegoDesk(4);
});
afterAll(() => desk.close());

describe('tickets due under the next watermark', () => {
  it('are read between two of them, and fire once each with what is in memory', async () => {
    const spell = takeOver();
    await spell.fold([newTicket('A', created), newTicket('B', created + 1_000), newTicket('C', created + 2 * HOUR)]);
    await spell.fold([watermark(created + SETTLE + 2_000)]);
    // Its warnings lie behind; a successor has nothing to fold before the deadlines.
    await spell.fold([watermark(created + HOUR + SETTLE - 3_000)]);
    const successor = takeOver();
    await successor.fold([watermark(created + HOUR + SETTLE - 500)]);
    expect(successor.ahead).toHaveLength(0);
    await expect.poll(() => successor.ahead.length, { timeout: 10_000 }).toBe(1);
    // C begins when these are over.
    expect(successor.ahead[0]).toEqual(['A', 'B']);
    successor.inUnits.length = 0;
    await successor.fold([watermark(created + HOUR + SETTLE + 1_500)]);
    expect(successor.inUnits.filter((text) => reading.test(text))).toEqual([]);
    expect(await breached()).toEqual(['A', 'B']);
  });

  it('are not read while a batch is folded', async () => {
    const spell = takeOver();
    for (let tick = 0; tick < 10; tick += 1) {
      await spell.fold([watermark(created + HOUR + SETTLE + 2_000 + tick)]);
      await pause(20);
    }
    expect(spell.ahead).toHaveLength(0);
  });
});

let offset = 0;

/** A spell of ownership with what it asks for: between units, and in them. */
function takeOver() {
  const ahead: string[][] = [];
  const inUnits: string[] = [];
  const pool = databaseSql(desk.dataSource);
  const between: Sql = {
    async query<Row extends object>(text: string, parameters: readonly unknown[] = []) {
      const rows = await pool.query<Row>(text, parameters);
      ahead.push([...(parameters[1] as string[])].sort());
      return rows;
    },
  };
  const folder = new ClockFolder(desk.policies, new MonthPartitions(desk.dataSource), silent, between, systemClock);
  const assignment = { group: 'sla-clock', topic: 'tickets.classified', partition: 0, epoch: 1 };
  const fold = async (values: readonly unknown[]): Promise<void> => {
    const records = values.map((value) => ({
      ...{ topic: 'tickets.classified', partition: 0, key: '', headers: {}, appendedAt: 0, value },
      offset: (offset += 1),
    }));
    const unit = await desk.dataSource.transaction(async ({ queryRunner }) => {
      const sql: Sql = {
        async query<Row extends object>(text: string, parameters: readonly unknown[] = []) {
          inUnits.push(text);
          return (await queryRunner?.query(text, [...parameters])) as Row[];
        },
      };
      const began = new StandInUnit(sql);
      await folder.fold({ topic: 'tickets.classified', partition: 0, records, assignment }, began);
      await began.answered();
      return began;
    });
    unit.committed();
  };
  return { ahead, inUnits, fold };
}

async function breached(): Promise<string[]> {
  const rows = await databaseSql(desk.dataSource).query<{ ticket: string }>(
    `SELECT ticket FROM sla_clock.sla_event WHERE type = 'sla.clock.breached' ORDER BY ticket`,
  );
  return rows.map(({ ticket }) => ticket);
}
