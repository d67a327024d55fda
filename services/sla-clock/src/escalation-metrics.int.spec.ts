import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '@punctual/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addEscalationGauge } from './escalation-metrics.js';
import { openClockDatabase, type ClockDatabase } from './storage/clock-database.spec-kit.js';

let database: ClockDatabase;
beforeAll(async () => (database = await openClockDatabase()));
afterAll(() => database.close());

it('keeps a reading that was slow for twenty times as long, and reads anew after it', async () => {
  const { dataSource } = database;
  const lock = dataSource.createQueryRunner();
  const metrics = createMetrics('sla-clock');
  addEscalationGauge(metrics, dataSource);
  const scrapeMs = async (): Promise<number> => {
    const began = performance.now();
    await metrics.registry.metrics();
    return performance.now() - began;
  };
  /** For so long, ms, nobody can read the tickets. */
  const holdUp = async (ms: number): Promise<void> => {
    await lock.startTransaction();
    await lock.query('LOCK TABLE sla_clock.ticket IN ACCESS EXCLUSIVE MODE');
    void sleep(ms).then(() => lock.commitTransaction());
  };

  await holdUp(400);
  const tookMs = await scrapeMs();
  expect(tookMs).toBeGreaterThan(300);
  await holdUp(2_000);
  expect(await scrapeMs()).toBeLessThan(1_000);
  await sleep(20 * tookMs + 500);
  await holdUp(400);
  expect(await scrapeMs()).toBeGreaterThan(300);
  await sleep(200);
  await lock.release();
}, 30_000);
