import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Clock } from './clock.js';
import type { ReadinessCheck } from './health.js';
import type { ServiceMetrics } from './metrics.js';

/** How far this machine's clock may be from PostgreSQL's, ms. */
const LIMIT_MS = 500;
/** How old a measurement may be, ms. */
const FRESH_MS = 60_000;
/** What a measurement may be wrong by to be taken for one, ms: a database that was slow to answer has said nothing about the clock. */
const MOST_ERROR_MS = LIMIT_MS / 2;

/**
 * Compares the clock with PostgreSQL's once a minute, when asked: by the gauge `punctual_clock_skew_seconds` (positive: ours is ahead)
 * and by the readiness check it returns, which fails beyond 500 ms. An answer that took too long to be one is not remembered: the next who
 * asks measures again.
 */
export function watchClockSkew(
  dataSource: Pick<DataSource, 'query'>,
  clock: Clock,
  metrics: ServiceMetrics,
): ReadinessCheck {
  let skewMs = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;
  const measure = async (): Promise<number> => {
    if (performance.now() - measuredAt < FRESH_MS) return skewMs;
    const before = clock.now();
    const rows: { now: string }[] = await dataSource.query(
      'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
    );
    const after = clock.now();
    // The answer was made somewhere between the two readings; half the round trip is the error.
    if ((after - before) / 2 > MOST_ERROR_MS) return skewMs;
    skewMs = Math.round((before + after) / 2 - Number(rows[0]?.now));
    measuredAt = performance.now();
    return skewMs;
  };
  new Gauge({
    name: 'punctual_clock_skew_seconds',
    help: "This machine's clock less PostgreSQL's.",
    registers: [metrics.registry],
    async collect() {
      this.set(
        await measure().then(
          (ms) => ms / 1_000,
          () => Number.NaN,
        ),
      );
    },
  });
  return async () => {
    const skew = await measure();
    if (Math.abs(skew) <= LIMIT_MS) return null;
    const direction = skew > 0 ? 'ahead of' : 'behind';
    return `the clock is ${Math.abs(skew)} ms ${direction} PostgreSQL's; the most is ${LIMIT_MS} ms`;
  };
}
