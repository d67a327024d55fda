import { expect, test } from 'vitest';
import { horizonOf, type Watermark } from './log-record.js';

const at = Date.parse('2026-03-02T10:00:00Z');

/** SLA-SEMANTICS §1: what is due at t takes effect when W − settle > t, and events that far back have arrived. */
test.each<[string, Watermark['sources'], number, number, number]>([
  ['a live source: settle behind the watermark', {}, 5_000, at - 5_001, at - 5_000],
  ['another settle', {}, 60_000, at - 60_001, at - 60_000],
  [
    'a live source that lags: settle behind where it has been read to',
    { desk: { at: at - 10_000, mode: 'live' } },
    5_000,
    at - 15_001,
    at - 15_000,
  ],
  [
    'a historical session: exactly what was declared',
    { desk: { at: at - 10_000, mode: 'historical' } },
    5_000,
    at - 10_000,
    at - 10_000,
  ],
  ['another source that lags: nothing', { other: { at: 0, mode: 'live' } }, 5_000, at - 5_001, at - 5_000],
])('the horizon of %s', (_what, sources, settleMs, eventsUpTo, duesBefore) => {
  expect(horizonOf({ kind: 'watermark', at, sources }, 'desk', settleMs)).toEqual({ eventsUpTo, duesBefore });
});
