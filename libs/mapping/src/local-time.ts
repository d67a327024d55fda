import type { Instant } from '@punctual/contracts';

/** Offsets change on quarter hours since 1972, so one answer serves the whole quarter. */
const QUARTER_MS = 15 * 60_000;
const CACHED_FROM = Date.UTC(1973, 0, 1);
const CACHE_LIMIT = 100_000;
const DAY_MS = 86_400_000;

/** The clock on the wall of an IANA zone. Offsets and instants are ms. */
export interface ZoneClock {
  readonly zone: string;
  /** Local time less UTC at an instant. */
  offsetAt(at: Instant): number;
}

/** The clock of a zone, or null where the zone is unknown to this Node's zone data. */
export function zoneClock(zone: string): ZoneClock | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
  const cache = new Map<number, number>();
  return {
    zone,
    offsetAt(at) {
      if (at < CACHED_FROM) return readOffset(format, at);
      const quarter = Math.floor(at / QUARTER_MS);
      const known = cache.get(quarter);
      if (known !== undefined) return known;
      if (cache.size >= CACHE_LIMIT) cache.clear();
      const offset = readOffset(format, quarter * QUARTER_MS);
      cache.set(quarter, offset);
      return offset;
    },
  };
}

/**
 * The instant of a local time, given as if it were UTC (epoch ms). As in the calendars: a repeated local time is its first pass, a
 * skipped one the instant the gap ends.
 */
export function localToInstant(wall: number, clock: ZoneClock): Instant {
  const before = clock.offsetAt(wall - DAY_MS);
  const after = clock.offsetAt(wall + DAY_MS);
  const fits = [wall - before, wall - after].filter((at) => at + clock.offsetAt(at) === wall);
  return fits.length > 0
    ? Math.min(...fits)
    : endOfGap(wall - Math.max(before, after), wall - Math.min(before, after), clock);
}

/** The first instant in `(low, high]` with the offset of `high`. */
function endOfGap(low: Instant, high: Instant, clock: ZoneClock): Instant {
  const after = clock.offsetAt(high);
  let [from, to] = [low, high];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (clock.offsetAt(middle) === after) to = middle;
    else from = middle;
  }
  return to;
}

function readOffset(format: Intl.DateTimeFormat, at: Instant): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}
