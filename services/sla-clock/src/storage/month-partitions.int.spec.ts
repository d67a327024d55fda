import type { ClockEventKind, SlaEvent, TicketEvent } from '@punctual/contracts';
import { createDataSource } from '@punctual/service-kit';
import type { Sql } from '@punctual/stream';
import { startPostgres, type TestDatabase } from '@punctual/test-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slaClockDatabase } from '../create-sla-clock.js';
import { EventTail } from '../events/event-tail.js';
import { databaseSql } from './database-sql.js';
import { MonthPartitions } from './month-partitions.js';
import { appendPublished } from './publication-store.js';
import { appendEvents, loadStanding, loadTimelines } from './ticket-store.js';

const SOURCE = 'zendesk:acme';
const june = Date.parse('2026-06-10T09:00:00Z');
/** Sixty months, one event and one publication about ticket `T-<n>` in the middle of each. */
const middles = Array.from({ length: 60 }, (_, index) => Date.UTC(2022, index, 15));

let database: TestDatabase;
let dataSource: DataSource;
let months: MonthPartitions;
let sql: Sql;

beforeAll(async () => {
  database = await (await startPostgres()).createDatabase();
  dataSource = await open(slaClockDatabase.migrations);
  months = new MonthPartitions(dataSource);
  sql = databaseSql(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function open(migrations: typeof slaClockDatabase.migrations): Promise<DataSource> {
  return createDataSource({
    ...slaClockDatabase,
    migrations,
    url: database.url,
    poolSize: 4,
    applicationName: 'month-partitions',
  });
}

function ticketEvent(ticket: string, occurredAt: number): TicketEvent {
  return {
    id: `e-${ticket}-${occurredAt}`,
    source: SOURCE,
    ticket,
    type: 'ticket.message.added',
    occurredAt,
    receivedAt: occurredAt,
    sequence: -1,
    actor: { id: 'a', kind: 'agent' },
    data: {},
  } as unknown as TicketEvent;
}

function slaEvent(ticket: string, at: number, kind: ClockEventKind = 'started', corrects: string | null = null) {
  const id = `s-${ticket}-${at}-${kind}`;
  const event = { id, source: SOURCE, ticket, at, type: `sla.clock.${kind}`, corrects } as unknown as SlaEvent;
  return { key: id, event };
}

function span(ticket: string, from: number, until: number) {
  return { source: SOURCE, ticket, from, until };
}

async function partitionsOf(table: string): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
    [`sla_clock.${table}`],
  );
  return rows.map(({ name }) => name);
}

describe('making a month', () => {
  it('waits for no fold in flight, which can write into it at once', async () => {
    const fold = dataSource.createQueryRunner();
    await fold.startTransaction();
    try {
      const inFold: Sql = { query: async (text, parameters = []) => fold.query(text, [...parameters]) };
      await months.ensure('ticket_event', [june]);
      await appendEvents(inFold, 0, [{ event: ticketEvent('T-fold', june), offset: 1 }]);
      const july = Date.parse('2026-07-01T00:00:00Z');
      await months.ensure('ticket_event', [july]);
      await appendEvents(inFold, 0, [{ event: ticketEvent('T-fold', july), offset: 2 }]);
      await fold.commitTransaction();
    } finally {
      await fold.release();
    }
    const all = span('T-fold', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    expect([...(await loadTimelines(sql, [all], 10)).values()].flat().map(({ offset }) => offset)).toEqual([1, 2]);
  });

  it('happens once, however many ask for it', async () => {
    const instants = [Date.UTC(2012, 1, 3), Date.UTC(2012, 0, 3), Date.UTC(1971, 0, 1)];
    const asking = Array.from({ length: 4 }, () => new MonthPartitions(dataSource));
    await Promise.all(asking.map((months) => months.ensure('sla_event', instants)));
    expect(await partitionsOf('sla_event')).toEqual([
      'sla_clock.sla_event_2012_01',
      'sla_clock.sla_event_2012_02',
      'sla_clock.sla_event_before_2000',
    ]);
  });

  it('is not left to a partition that takes everything', async () => {
    const unmade = { event: ticketEvent('T-1', Date.UTC(2031, 5, 1)), offset: 1 };
    await expect(appendEvents(sql, 0, [unmade])).rejects.toThrow(/no partition of relation/);
  });
});

describe('with sixty months', () => {
  beforeAll(async () => {
    await months.ensure('ticket_event', middles);
    await months.ensure('sla_event', middles);
    await appendEvents(
      sql,
      1,
      middles.map((at, index) => ({ event: ticketEvent(`T-${index}`, at), offset: index })),
    );
    for (const [index, at] of middles.entries()) {
      const published = [slaEvent(`T-${index}`, at)];
      await appendPublished(sql, 1, index, [{ ...span(`T-${index}`, at, at), published }]);
    }
    await sql.query('ANALYZE sla_clock.ticket_event');
    await sql.query('ANALYZE sla_clock.sla_event');
  });

  interface PlanNode {
    readonly 'Relation Name'?: string;
    readonly 'Actual Loops': number;
    readonly Plans?: readonly PlanNode[];
  }

  /** The months that the statements of `action` look into. */
  async function monthsRead(action: (sql: Sql) => Promise<unknown>): Promise<string[]> {
    const read = new Set<string>();
    const note = (node: PlanNode): void => {
      const relation = node['Relation Name'];
      if (relation !== undefined && /_event_/.test(relation) && node['Actual Loops'] > 0) read.add(relation);
      node.Plans?.forEach(note);
    };
    const explaining: Sql = {
      query: async (text, parameters = []) => {
        const [row] = await sql.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
          parameters,
        );
        row?.['QUERY PLAN'].forEach(({ Plan }) => note(Plan));
        return sql.query(text, parameters);
      },
    };
    await action(explaining);
    return [...read].sort();
  }

  const [first = 0, second = 0] = middles;
  const last = middles.at(-1) ?? 0;

  it('reads a timeline from the months of its ticket', async () => {
    const read = await monthsRead(async (explaining) => loadTimelines(explaining, [span('T-0', first, second)], 100));
    expect(read).toEqual(['ticket_event_2022_01', 'ticket_event_2022_02']);
  });

  it('reads an old ticket beside a new one without what lies between', async () => {
    const both = [span('T-0', first, first), span('T-59', last, last)];
    const timelines = await monthsRead(async (explaining) => loadTimelines(explaining, both, 100));
    expect(timelines).toEqual(['ticket_event_2022_01', 'ticket_event_2026_12']);
    const standing = await monthsRead(async (explaining) => loadStanding(explaining, both));
    expect(standing).toEqual(['sla_event_2022_01', 'sla_event_2026_12']);
  });

  it('retracts within the months of its ticket', async () => {
    const before = slaEvent('T-1', second);
    const retraction = slaEvent('T-1', second, 'cancelled', before.event.id);
    const read = await monthsRead(async (explaining) => {
      const retracting: Sql = {
        query: async (text, parameters) => (/^UPDATE/.test(text) ? explaining : sql).query(text, parameters),
      };
      await appendPublished(retracting, 1, 60, [{ ...span('T-1', second, second), published: [retraction] }]);
    });
    expect(read).toEqual(['sla_event_2022_02']);
    const rows = await sql.query('SELECT retracted_by FROM sla_clock.sla_event WHERE event_id = $1', [before.event.id]);
    expect(rows).toEqual([{ retracted_by: retraction.event.id }]);
  });

  it('follows what is published from the months it is in', async () => {
    const delivered: number[] = [];
    const follow = async (explaining: Sql, seq: number): Promise<void> => {
      const tail = new EventTail(explaining, 2, {
        pino: { warn: (given: unknown) => expect.fail(String(given)) },
      } as never);
      const seen = new Promise<void>((resolve) => {
        void tail.follow([0, seq], {
          deliver: (events) => {
            delivered.push(...events.map((placed) => placed.seq));
            resolve();
          },
          drained: async () => undefined,
          end: () => undefined,
        });
      });
      await seen;
      await tail.stop();
    };
    expect(await monthsRead(async (explaining) => follow(explaining, 60))).toEqual(['sla_event_2022_02']);
    expect(delivered).toEqual([60]);
    await follow(sql, 0);
    expect(delivered).toEqual([60, ...Array.from({ length: 61 }, (_, seq) => seq)]);
  });
});
