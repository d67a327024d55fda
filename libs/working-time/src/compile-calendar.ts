import { weekdays, type CalendarDefinition, type HoursDefinition } from './calendar-definition.js';
import { CompiledCalendar } from './compiled-calendar.js';
import { holidaysFromStore, holidaysOf, type Holidays } from './holidays.js';
import { DAY_MS, parseDate, parseHours, type DayNumber, type LocalRange } from './local-time.js';
import { allOf, anyOf, type Openings } from './openings.js';
import { knownZone, type ResolvedCalendar } from './resolved-calendar.js';
import type { WorkingCalendar } from './working-calendar.js';
import { zonedOpenings } from './zoned-openings.js';
import { zoneFromStore, type ZoneOffsets } from './zone-offsets.js';

/**
 * Makes a calendar ready to be asked. A resolved one answers inside its horizon from what it stores; a bare definition (tests, the
 * command line) from the data of this runtime. Throws RangeError for a definition `checkCalendar` would refuse as unreadable.
 */
export function compileCalendar(calendar: ResolvedCalendar | CalendarDefinition): WorkingCalendar {
  const [definition, data] =
    'definition' in calendar ? [calendar.definition, storedData(calendar)] : [calendar, runtimeData];
  return new CompiledCalendar(definition.name, openingsOf(definition, data));
}

/** Where zones and holidays come from. `holidays` is asked once for each set of hours, in order, depth first. */
interface CalendarData {
  zone(name: string): ZoneOffsets;
  holidays(definition: HoursDefinition): Holidays;
}

const runtimeData: CalendarData = {
  zone: knownZone,
  holidays: (definition) => holidaysOf(definition.holidays),
};

function storedData(resolved: ResolvedCalendar): CalendarData {
  const { horizon } = resolved;
  let next = 0;
  return {
    zone(name) {
      const stored = resolved.zones[name];
      return stored === undefined ? knownZone(name) : zoneFromStore(stored, knownZone(name));
    },
    holidays(definition) {
      const dates = new Map((resolved.holidays[next] ?? []).flatMap(({ date, name }) => entry(parseDate(date), name)));
      next += 1;
      return holidaysFromStore(
        { from: horizon.from / DAY_MS, to: horizon.to / DAY_MS - 1, dates },
        holidaysOf(definition.holidays),
      );
    },
  };
}

function openingsOf(definition: CalendarDefinition, data: CalendarData): Openings {
  if ('anyOf' in definition || 'allOf' in definition) {
    const all = 'allOf' in definition;
    const members = (all ? definition.allOf : definition.anyOf).map((member) => openingsOf(member, data));
    const zone = definition.zone === undefined ? members[0]?.zone : data.zone(definition.zone);
    if (zone === undefined) throw new RangeError(`'${definition.name}' has no members`);
    return all ? allOf(members, zone) : anyOf(members, zone);
  }
  return zonedOpenings({
    zone: data.zone(definition.zone),
    weekly: weeklyRanges(definition.weekly),
    overrides: rangesByDate(definition.overrides),
    breaks: rangesByDate(definition.breaks),
    holidays: data.holidays(definition),
  });
}

function weeklyRanges(weekly: HoursDefinition['weekly']): readonly (readonly LocalRange[])[] {
  if (weekly === '24x7') return weekdays.map(() => [{ from: 0, to: DAY_MS }]);
  return weekdays.map((day) => orderedRanges(weekly[day] ?? []));
}

function rangesByDate(
  dates: Readonly<Record<string, readonly string[]>> = {},
): ReadonlyMap<DayNumber, readonly LocalRange[]> {
  return new Map(
    Object.entries(dates).flatMap(([date, hours]) => {
      const day = parseDate(date);
      if (day === null) throw new RangeError(`'${date}' is no date`);
      return entry(day, orderedRanges(hours));
    }),
  );
}

function orderedRanges(hours: readonly string[]): readonly LocalRange[] {
  const ranges = hours.map((text) => {
    const range = parseHours(text);
    if (range === null) throw new RangeError(`'${text}' is no span of time`);
    return range;
  });
  return ranges.sort((a, b) => a.from - b.from);
}

function entry<T>(day: DayNumber | null, value: T): (readonly [DayNumber, T])[] {
  return day === null ? [] : [[day, value]];
}
