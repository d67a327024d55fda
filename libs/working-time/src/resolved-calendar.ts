import type { CalendarDefinition } from './calendar-definition.js';
import { canonicalJson } from './canonical-json.js';
import { holidaysOf } from './holidays.js';
import { DAY_MS, formatDate, yearOf } from './local-time.js';
import type { Instant } from './working-calendar.js';
import { intlZone, storeZone, type StoredZone } from './zone-offsets.js';

/** The versions of the data a calendar was resolved with, for people and for the hash. */
export interface CalendarSources {
  /** The version of date-holidays. */
  readonly holidays?: string;
  /** The version of the time zone data (`process.versions.tz`). */
  readonly zones?: string;
}

/** The holidays of one set of hours inside the horizon, in order; the name is '' where none is known. */
export interface StoredHoliday {
  readonly date: string;
  readonly name: string;
}

/**
 * A calendar with everything it depends on, as plain JSON: what is stored for the horizon decides there, whatever newer data say.
 * Beyond it offsets come from the runtime's time zone data and holidays from the definition's rules.
 */
export interface ResolvedCalendar {
  readonly format: 1;
  readonly definition: CalendarDefinition;
  /** Epoch ms, `[from, to)`; both on a UTC midnight. */
  readonly horizon: { readonly from: Instant; readonly to: Instant };
  readonly sources: CalendarSources;
  /** By zone name. */
  readonly zones: Readonly<Record<string, StoredZone>>;
  /** One list for each set of hours, in the order in which the definition names them, depth first. */
  readonly holidays: readonly (readonly StoredHoliday[])[];
}

/**
 * Stores what a definition depends on inside a horizon (epoch ms, widened to whole UTC days). The definition must be free of errors
 * (`checkCalendar`); throws RangeError for a zone nobody knows.
 */
export function resolveCalendar(
  definition: CalendarDefinition,
  horizon: { readonly from: Instant; readonly to: Instant },
  sources: CalendarSources = {},
): ResolvedCalendar {
  const from = Math.floor(horizon.from / DAY_MS) * DAY_MS;
  const to = Math.ceil(horizon.to / DAY_MS) * DAY_MS;
  if (!(from < to)) throw new RangeError(`a horizon ends after it begins: got ${horizon.from} to ${horizon.to}`);
  const zones: Record<string, StoredZone> = {};
  const holidays: StoredHoliday[][] = [];
  const visit = (part: CalendarDefinition): void => {
    if (part.zone !== undefined) zones[part.zone] = storeZone(knownZone(part.zone), from, to);
    if ('anyOf' in part) part.anyOf.forEach(visit);
    else if ('allOf' in part) part.allOf.forEach(visit);
    else holidays.push(holidaysInside(part.holidays, from / DAY_MS, to / DAY_MS - 1));
  };
  visit(definition);
  return { format: 1, definition, horizon: { from, to }, sources, zones, holidays };
}

/** The text whose hash names a resolved calendar: equal content gives the same text, in whatever order its keys were written. */
export function resolvedCalendarText(resolved: ResolvedCalendar): string {
  return canonicalJson(resolved);
}

/** The zone, or a RangeError for a caller who did not check. */
export function knownZone(name: string): NonNullable<ReturnType<typeof intlZone>> {
  const zone = intlZone(name);
  if (zone === null) throw new RangeError(`'${name}' is no time zone this runtime knows`);
  return zone;
}

function holidaysInside(rules: Parameters<typeof holidaysOf>[0], first: number, last: number): StoredHoliday[] {
  const holidays = holidaysOf(rules);
  if (holidays.none) return [];
  const found: (readonly [number, string])[] = [];
  for (let year = yearOf(first); year <= yearOf(last); year += 1) found.push(...holidays.inYear(year));
  return found
    .filter(([day]) => day >= first && day <= last)
    .sort(([a], [b]) => a - b)
    .map(([day, name]) => ({ date: formatDate(day), name }));
}
