import HolidayRules from 'date-holidays';
import type { CountryHolidays } from './calendar-definition.js';
import { DAY_MS, parseDate, type DayNumber } from './local-time.js';

/**
 * The whole-day holidays of a country, a year at a time, as date-holidays knows them. Its dates are local to the country, also where
 * a holiday begins at sunset; one that begins during the day (a half holiday) closes nothing.
 */
export function countryHolidays(definition: CountryHolidays): (year: number) => ReadonlyMap<DayNumber, string> {
  const types = new Set<string>(definition.types ?? ['public']);
  const rules = holidayRules(definition);
  return (year) => {
    const found = new Map<DayNumber, string>();
    for (const holiday of rules.getHolidays(year)) {
      const day = parseDate(holiday.date.slice(0, 10));
      if (day === null || !types.has(holiday.type) || holiday.date.slice(11, 19) !== '00:00:00') continue;
      // Rounded, because a day on which the clocks change is an hour longer or shorter.
      const length = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / DAY_MS));
      for (let k = 0; k < length; k += 1) if (!found.has(day + k)) found.set(day + k, holiday.name);
    }
    return found;
  };
}

function holidayRules({ country, state, region, types }: CountryHolidays): HolidayRules {
  const options = types === undefined ? {} : { types: [...types] };
  if (state === undefined) return new HolidayRules(country, options);
  if (region === undefined) return new HolidayRules(country, state, options);
  return new HolidayRules(country, state, region, options);
}

/** The codes date-holidays knows: countries; the states of a country; the regions of a state. */
export function knownCountries(): readonly string[] {
  return Object.keys(new HolidayRules().getCountries());
}

export function knownStates(country: string): readonly string[] {
  return Object.keys(new HolidayRules().getStates(country) ?? {});
}

export function knownRegions(country: string, state: string): readonly string[] {
  return Object.keys(new HolidayRules().getRegions(country, state) ?? {});
}
