import { holidaysFromStore, holidaysOf } from './holidays.js';
import { DAY_MS, parseDate } from './local-time.js';
import { knownZone, type ResolvedCalendar } from './resolved-calendar.js';
import type { Instant } from './working-calendar.js';
import { zoneFromStore } from './zone-offsets.js';

/**
 * Makes a resolved set of hours answer which holiday the local date of an instant (epoch ms) is: its name, '' where it has none, null on
 * every other date. A composed calendar has no holidays of its own: always null.
 */
export function compileHolidayAt(resolved: ResolvedCalendar): (at: Instant) => string | null {
  const { definition, horizon } = resolved;
  if (!('weekly' in definition)) return () => null;
  const stored = resolved.zones[definition.zone];
  const outside = knownZone(definition.zone);
  const zone = stored === undefined ? outside : zoneFromStore(stored, outside);
  const dates = new Map(
    (resolved.holidays[0] ?? []).flatMap(({ date, name }) => {
      const day = parseDate(date);
      return day === null ? [] : [[day, name] as const];
    }),
  );
  const inside = { from: horizon.from / DAY_MS, to: horizon.to / DAY_MS - 1, dates };
  const holidays = holidaysFromStore(inside, holidaysOf(definition.holidays));
  return (at) => {
    const day = Math.floor((at + zone.offsetAt(at)) / DAY_MS);
    return holidays.isHoliday(day) ? (holidays.inYear(new Date(day * DAY_MS).getUTCFullYear()).get(day) ?? '') : null;
  };
}
