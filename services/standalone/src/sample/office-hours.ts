import type { Instant } from '@punctual/contracts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * When the people of the sample work: Monday to Friday in a zone. It knows no holidays and judges nothing; promises are counted by the
 * policy's calendars alone.
 */
export interface OfficeHours {
  /** The instant at which `openMs` of office time after `start` are over. */
  forward(start: Instant, openMs: number): Instant;
  /** The instant from which `openMs` of office time pass until `end`. */
  back(end: Instant, openMs: number): Instant;
}

/** Office hours from `opens` to `closes` (local hours) in an IANA zone; exact within 40 days around `around`. */
export function officeHours(zone: string, opens: number, closes: number, around: Instant): OfficeHours {
  const spans = openSpans(zone, opens, closes, around - 40 * DAY, around + 40 * DAY);
  return {
    forward: (start, openMs) => {
      let left = openMs;
      for (const span of spans) {
        if (span.to <= start) continue;
        const from = Math.max(span.from, start);
        if (from + left <= span.to) return from + left;
        left -= span.to - from;
      }
      return start + openMs;
    },
    back: (end, openMs) => {
      let left = openMs;
      for (const span of spans.toReversed()) {
        if (span.from >= end) continue;
        const to = Math.min(span.to, end);
        if (to - left >= span.from) return to - left;
        left -= to - span.from;
      }
      return end - openMs;
    },
  };
}

/** Around the clock. */
export const alwaysOpen: OfficeHours = {
  forward: (start, openMs) => start + openMs,
  back: (end, openMs) => end - openMs,
};

/** The local weekday (0 Sunday … 6 Saturday) and the local hour with its fraction, in a zone. */
export function localTime(zone: string, at: Instant): { readonly weekday: number; readonly hour: number } {
  const local = new Date(at + offsetOf(zone, at));
  return { weekday: local.getUTCDay(), hour: local.getUTCHours() + local.getUTCMinutes() / 60 };
}

function openSpans(
  zone: string,
  opens: number,
  closes: number,
  from: Instant,
  to: Instant,
): { from: Instant; to: Instant }[] {
  const spans = [];
  for (let day = Math.floor(from / DAY) * DAY; day < to; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    spans.push({ from: instantOf(zone, day + opens * HOUR), to: instantOf(zone, day + closes * HOUR) });
  }
  return spans;
}

/** The instant of a local time given as if it were UTC. Offices do not open in the hour that a change of clocks skips. */
function instantOf(zone: string, local: number): Instant {
  return local - offsetOf(zone, local - offsetOf(zone, local));
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** The zone's offset from UTC, ms; kept per hour, since no zone in use changes within one. */
function offsetOf(zone: string, at: Instant): number {
  const hour = Math.floor(at / HOUR);
  const key = `${zone} ${hour}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  let format = formats.get(zone);
  if (format === undefined) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...fields });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const part of format.formatToParts(hour * HOUR)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour: localHour = 0, minute = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, localHour, minute) - hour * HOUR;
  offsets.set(key, offset);
  return offset;
}
