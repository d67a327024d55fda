import type { HolidaysDefinition } from './calendar-definition.js';
import { countryHolidays } from './country-holidays.js';
import { icsHolidays } from './ics-holidays.js';
import { dayNumber, parseDate, yearOf, type DayNumber } from './local-time.js';

/** Which dates are holidays. */
export interface Holidays {
  /** No date ever is. */
  readonly none: boolean;
  /** The dates named one by one (not by a rule). */
  readonly dates: readonly DayNumber[];
  isHoliday(day: DayNumber): boolean;
  /** The holidays of a year by date, with their names; '' where a date was given without one. */
  inYear(year: number): ReadonlyMap<DayNumber, string>;
}

/** Asks the sources a year at a time and keeps the answer. Parts of the definition that cannot be read name no date. */
export function holidaysOf(definition: HolidaysDefinition | undefined): Holidays {
  const dates = days(definition?.dates);
  const except = new Set(days(definition?.except));
  const yearly = (definition?.yearly ?? []).flatMap((text) => {
    const match = /^(\d{2})-(\d{2})$/.exec(text);
    return match === null ? [] : [{ month: Number(match[1]), day: Number(match[2]) }];
  });
  const countries = (definition?.countries ?? []).map(countryHolidays);
  const fromFile = definition?.ics === undefined ? null : icsHolidays(definition.ics);

  return byYear(dates.length + yearly.length + countries.length === 0 && fromFile === null, dates, (year) => {
    const found = new Map<DayNumber, string>();
    for (const day of dates) if (yearOf(day) === year) found.set(day, '');
    for (const { month, day } of yearly) {
      const date = dayNumber(year, month, day);
      if (date !== null) found.set(date, '');
    }
    for (const [day, name] of fromFile?.(year) ?? []) found.set(day, name);
    for (const country of countries) for (const [day, name] of country(year)) found.set(day, name);
    for (const day of except) found.delete(day);
    return found;
  });
}

/** What a resolved calendar stores: the dates inside `[from, to]`; outside, the rules answer as far as they are known. */
export function holidaysFromStore(
  stored: { readonly from: DayNumber; readonly to: DayNumber; readonly dates: ReadonlyMap<DayNumber, string> },
  outside: Holidays,
): Holidays {
  return byYear(outside.none && stored.dates.size === 0, outside.dates, (year) => {
    const found = new Map<DayNumber, string>();
    const first = dayNumber(year, 1, 1) ?? 0;
    const last = dayNumber(year, 12, 31) ?? 0;
    for (const [day, name] of stored.dates) if (day >= first && day <= last) found.set(day, name);
    if (first >= stored.from && last <= stored.to) return found;
    for (const [day, name] of outside.inYear(year)) if (day < stored.from || day > stored.to) found.set(day, name);
    return found;
  });
}

function byYear(
  none: boolean,
  dates: readonly DayNumber[],
  find: (year: number) => ReadonlyMap<DayNumber, string>,
): Holidays {
  const years = new Map<number, ReadonlyMap<DayNumber, string>>();
  const inYear = (year: number): ReadonlyMap<DayNumber, string> => {
    const known = years.get(year);
    if (known !== undefined) return known;
    const found = find(year);
    years.set(year, found);
    return found;
  };
  return { none, dates, inYear, isHoliday: (day) => !none && inYear(yearOf(day)).has(day) };
}

function days(texts: readonly string[] | undefined): DayNumber[] {
  return (texts ?? []).flatMap((text) => parseDate(text) ?? []);
}
