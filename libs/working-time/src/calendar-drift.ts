import { resolveCalendar, type ResolvedCalendar, type StoredHoliday } from './resolved-calendar.js';
import type { Instant } from './working-calendar.js';
import type { StoredZone } from './zone-offsets.js';

/** A date that today's data knows otherwise than a resolved calendar stores it. */
export interface HolidayDrift {
  /** The local date, such as `2027-06-04`. */
  readonly date: string;
  readonly name: string;
  /** `added`: a holiday by today's data only; `gone`: one that is stored and is none any more. */
  readonly change: 'added' | 'gone';
}

/** How a calendar would differ if it were resolved today. */
export interface CalendarDrift {
  readonly holidays: readonly HolidayDrift[];
  /** Zones whose clocks change otherwise by today's data, each with the first instant of the horizon at which they differ, epoch ms. */
  readonly zones: readonly { readonly zone: string; readonly from: Instant }[];
}

/**
 * What today's holidays and time zone data would change in a resolved calendar, inside its horizon; null where they agree. Stored data decide
 * until the calendar is resolved anew (SLA-SEMANTICS §2). Throws RangeError where this runtime does not know one of its zones any more.
 */
export function calendarDrift(stored: ResolvedCalendar): CalendarDrift | null {
  const now = resolveCalendar(stored.definition, stored.horizon);
  const holidays = stored.holidays.flatMap((dates, index) => holidayDrift(dates, now.holidays[index] ?? []));
  const zones = Object.entries(stored.zones).flatMap(([zone, changes]) => {
    const from = firstDifference(changes, now.zones[zone] ?? changes, stored.horizon.from);
    return from === null ? [] : [{ zone, from }];
  });
  return holidays.length + zones.length === 0 ? null : { holidays, zones };
}

function holidayDrift(stored: readonly StoredHoliday[], now: readonly StoredHoliday[]): HolidayDrift[] {
  const before = new Set(stored.map(({ date }) => date));
  const after = new Set(now.map(({ date }) => date));
  return [
    ...stored.filter(({ date }) => !after.has(date)).map((one) => ({ ...one, change: 'gone' as const })),
    ...now.filter(({ date }) => !before.has(date)).map((one) => ({ ...one, change: 'added' as const })),
  ].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The first instant at which two readings of a zone are apart; null where they agree. */
function firstDifference(stored: StoredZone, now: StoredZone, from: Instant): Instant | null {
  if (stored.offset !== now.offset) return from;
  const length = Math.max(stored.transitions.length, now.transitions.length);
  for (let index = 0; index < length; index += 1) {
    const [before, after] = [stored.transitions[index], now.transitions[index]];
    if (before?.at === after?.at && before?.after === after?.after) continue;
    return Math.min(before?.at ?? Infinity, after?.at ?? Infinity);
  }
  return null;
}
