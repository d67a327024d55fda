import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
});
afterAll(() => pipeline.stop());

interface Updates {
  readonly all: number;
  /** Those that PostgreSQL did within the row's page, without a new entry in any index. */
  readonly inPlace: number;
}

describe('an event that moves no timer', () => {
  it('changes the rows of its ticket in their pages, and no index of them', async () => {
    const desk = ticketEvents('desk', 'T-1', start);
    await pipeline.send(desk.created(0), desk.requester(1));
    await pipeline.tick(start + 2 * MINUTE);
    await pipeline.settled();
    const before = await updatesOf('sla_clock.ticket', ({ all }) => all > 0);

    for (const minute of [3, 4, 5]) {
      await pipeline.send(desk.requester(minute));
      await pipeline.tick(start + (minute + 1) * MINUTE);
      await pipeline.settled();
    }
    const after = await updatesOf('sla_clock.ticket', ({ all }) => all >= before.all + 3);
    expect(after.inPlace - before.inPlace).toBe(after.all - before.all);
  }, 60_000);
});

/** What PostgreSQL counted so far; its counts come some seconds late. */
async function updatesOf(table: string, enough: (counted: Updates) => boolean): Promise<Updates> {
  return vi.waitFor(
    async () => {
      const [row] = await pipeline.dataSource.query<{ all: string; in_place: string }[]>(
        'SELECT n_tup_upd AS all, n_tup_hot_upd AS in_place FROM pg_stat_user_tables WHERE relid = $1::regclass',
        [table],
      );
      const counted = { all: Number(row?.all ?? 0), inPlace: Number(row?.in_place ?? 0) };
      if (!enough(counted)) throw new Error(`so far: ${JSON.stringify(counted)}`);
      return counted;
    },
    { timeout: 25_000, interval: 200 },
  );
}
