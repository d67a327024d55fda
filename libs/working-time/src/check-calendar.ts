import { holidayTypes, weekdays, type CalendarDefinition } from './calendar-definition.js';
import { compileCalendar } from './compile-calendar.js';
import { knownCountries, knownRegions, knownStates } from './country-holidays.js';
import { icsProblem } from './ics-holidays.js';
import { DAY_MS, dayNumber, parseDate, parseHours, type LocalRange } from './local-time.js';
import { nearestName, nearestZone } from './nearest-name.js';
import type { Instant } from './working-calendar.js';
import { intlZone } from './zone-offsets.js';

export type CalendarProblemCode =
  | 'not_a_calendar'
  | 'missing_name'
  | 'unknown_field'
  | 'unknown_zone'
  | 'unknown_weekday'
  | 'invalid_hours'
  | 'overlapping_hours'
  | 'invalid_date'
  | 'unknown_country'
  | 'unknown_state'
  | 'unknown_region'
  | 'unknown_holiday_type'
  | 'invalid_ics'
  | 'override_on_holiday'
  | 'no_members'
  | 'never_opens';

/** One thing wrong with a calendar: where (a JSON Pointer, RFC 6901), what, and how to put it right. */
export interface CalendarProblem {
  readonly code: CalendarProblemCode;
  /** A `warning` does not keep the calendar from being used. */
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly detail: string;
}

const hoursFields = ['name', 'zone', 'weekly', 'holidays', 'breaks', 'overrides'];
const holidayFields = ['countries', 'dates', 'yearly', 'ics', 'except'];

/** Where "never opens within ten years" is counted from, where the caller names no instant. */
const DEFAULT_AT = Date.UTC(2026, 0, 1);

/**
 * Everything wrong with a definition, in the order it is written; empty where nothing is. Takes any JSON, never throws.
 * `at` (epoch ms) is when the calendar begins to be used: it must open within ten years of it.
 */
export function checkCalendar(definition: unknown, at: Instant = DEFAULT_AT): CalendarProblem[] {
  const problems: CalendarProblem[] = [];
  const report: Report = (code, path, detail) =>
    problems.push({
      code,
      severity: code === 'override_on_holiday' ? 'warning' : 'error',
      path: pointer(path),
      detail,
    });
  checkAny(definition, [], report);
  if (problems.some(({ severity }) => severity === 'error')) return problems;
  const calendar = compileCalendar(definition as CalendarDefinition);
  const opens = calendar.nextOpen(at);
  if (opens === null || opens > tenYearsAfter(at)) {
    report(
      'never_opens',
      [],
      `'${calendar.name}' has no opening within ten years: give it hours, or take out what closes them`,
    );
  }
  return problems;
}

function tenYearsAfter(at: Instant): Instant {
  const limit = new Date(at);
  return limit.setUTCFullYear(limit.getUTCFullYear() + 10);
}

type Path = readonly (string | number)[];
type Report = (code: CalendarProblemCode, path: Path, detail: string) => void;

function checkAny(value: unknown, path: Path, report: Report): void {
  if (!isRecord(value))
    return report(
      'not_a_calendar',
      path,
      'a calendar is an object with name, zone and weekly, or with name and anyOf or allOf',
    );
  if (typeof value.name !== 'string' || value.name.trim() === '') {
    report('missing_name', [...path, 'name'], 'give the calendar a name: explanations show it');
  }
  const composition = ['anyOf', 'allOf'].filter((field) => field in value);
  if (composition.length === 0) return checkHours(value, path, report);
  unknownFields(value, ['name', 'zone', ...composition.slice(0, 1)], path, report);
  if (value.zone !== undefined) checkZone(value.zone, [...path, 'zone'], report);
  const field = composition[0] ?? 'anyOf';
  const members = value[field];
  if (!Array.isArray(members) || members.length === 0) {
    return report('no_members', [...path, field], `${field} is a list of at least one calendar`);
  }
  members.forEach((member, index) => checkAny(member, [...path, field, index], report));
}

function checkHours(value: Fields, path: Path, report: Report): void {
  unknownFields(value, hoursFields, path, report);
  checkZone(value.zone, [...path, 'zone'], report);
  const { weekly } = value;
  if (isRecord(weekly)) {
    for (const [day, hours] of Object.entries(weekly)) {
      const where = [...path, 'weekly', day];
      if ((weekdays as readonly string[]).includes(day)) checkRanges(hours, where, report);
      else
        report(
          'unknown_weekday',
          where,
          `'${day}' is no weekday; write ${nearestName(day, weekdays) ?? 'mon'} (${weekdays.join(', ')})`,
        );
    }
    checkNights(weekly, path, report);
  } else if (weekly !== '24x7') {
    report(
      'invalid_hours',
      [...path, 'weekly'],
      "weekly is '24x7' or hours by weekday, such as { mon: ['09:00-17:00'] }",
    );
  }
  for (const field of ['breaks', 'overrides']) checkDates(value[field], [...path, field], report);
  if (value.holidays !== undefined) checkHolidays(value.holidays, [...path, 'holidays'], report);
  const closed = isRecord(value.holidays) && Array.isArray(value.holidays.dates) ? value.holidays.dates : [];
  for (const [date, hours] of Object.entries(isRecord(value.overrides) ? value.overrides : {})) {
    if (!closed.includes(date) || !Array.isArray(hours) || hours.length === 0) continue;
    report(
      'override_on_holiday',
      [...path, 'overrides', date],
      `${date} is a holiday too, and a holiday closes the whole date: to open it, list it in holidays.except`,
    );
  }
}

function checkZone(zone: unknown, path: Path, report: Report): void {
  if (typeof zone !== 'string') return report('unknown_zone', path, 'zone is an IANA time zone, such as Europe/Berlin');
  if (intlZone(zone) === null)
    report('unknown_zone', path, `'${zone.slice(0, 60)}' is no time zone; did you mean ${nearestZone(zone)}?`);
}

function checkRanges(value: unknown, path: Path, report: Report): void {
  if (!Array.isArray(value))
    return report('invalid_hours', path, "hours are a list, such as ['09:00-12:00', '13:00-17:00']");
  const ranges: LocalRange[] = [];
  value.forEach((text: unknown, index) => {
    const range = typeof text === 'string' ? parseHours(text) : null;
    if (range !== null) ranges.push(range);
    else
      report(
        'invalid_hours',
        [...path, index],
        `${shown(text)} is no span of time; write 09:00-17:00, 22:00-06:00 (overnight) or 17:00-24:00`,
      );
  });
  ranges.sort((a, b) => a.from - b.from);
  if (ranges.some((range, index) => range.from < (ranges[index - 1]?.to ?? 0))) {
    report('overlapping_hours', path, 'two of these spans overlap; write them as one');
  }
}

/** Hours that run past midnight into hours of the next day. Only asked where every span can be read. */
function checkNights(weekly: Fields, path: Path, report: Report): void {
  const spans = weekdays.map((day) => {
    const hours = weekly[day];
    return Array.isArray(hours)
      ? hours.flatMap((text: unknown) => (typeof text === 'string' ? (parseHours(text) ?? []) : []))
      : [];
  });
  weekdays.forEach((day, index) => {
    const latest = Math.max(0, ...(spans[index] ?? []).map((range) => range.to - DAY_MS));
    const next = (index + 1) % 7;
    if ((spans[next] ?? []).every((range) => range.from >= latest)) return;
    report(
      'overlapping_hours',
      [...path, 'weekly', day],
      `a night that begins on ${day} overlaps the hours of ${weekdays[next] ?? ''}; end it where they begin`,
    );
  });
}

function checkDates(value: unknown, path: Path, report: Report): void {
  if (value === undefined) return;
  if (!isRecord(value))
    return report('invalid_hours', path, "this is hours by date, such as { '2026-12-24': ['09:00-12:00'] }");
  for (const [date, hours] of Object.entries(value)) {
    if (parseDate(date) === null)
      report('invalid_date', [...path, date], `${shown(date)} is no date; write 2026-12-24`);
    checkRanges(hours, [...path, date], report);
  }
}

function checkHolidays(value: unknown, path: Path, report: Report): void {
  if (!isRecord(value))
    return report(
      'invalid_date',
      path,
      "holidays is an object with countries, dates, yearly or ics, such as { dates: ['2026-12-24'] }",
    );
  unknownFields(value, holidayFields, path, report);
  for (const field of ['dates', 'except']) {
    checkEach(
      value[field],
      [...path, field],
      report,
      (date) => typeof date === 'string' && parseDate(date) !== null,
      '2026-12-24',
    );
  }
  checkEach(value.yearly, [...path, 'yearly'], report, (date) => typeof date === 'string' && isYearly(date), '12-25');
  if (value.ics !== undefined) {
    const problem = typeof value.ics === 'string' ? icsProblem(value.ics) : 'ics is the text of an iCalendar file';
    if (problem !== null) report('invalid_ics', [...path, 'ics'], problem);
  }
  if (value.countries === undefined) return;
  if (!Array.isArray(value.countries))
    return report(
      'unknown_country',
      [...path, 'countries'],
      "countries is a list, such as [{ country: 'DE', state: 'BY' }]",
    );
  value.countries.forEach((country, index) => checkCountry(country, [...path, 'countries', index], report));
}

function checkCountry(value: unknown, path: Path, report: Report): void {
  if (!isRecord(value) || typeof value.country !== 'string')
    return report('unknown_country', path, "write { country: 'DE' }, and state and region where it has them");
  unknownFields(value, ['country', 'state', 'region', 'types'], path, report);
  checkEach(
    value.types,
    [...path, 'types'],
    report,
    (type) => (holidayTypes as readonly unknown[]).includes(type),
    holidayTypes.join(', '),
    'unknown_holiday_type',
  );
  const { country, state, region } = value;
  const codes = (code: CalendarProblemCode, field: string, given: unknown, known: readonly string[]): boolean => {
    if (typeof given === 'string' && known.includes(given)) return true;
    const nearest = nearestName(String(given), known);
    report(
      code,
      [...path, field],
      `${shown(given)} is not known; ${nearest === null ? 'there are none here: leave it out' : `did you mean ${nearest}? Known: ${known.slice(0, 40).join(', ')}`}`,
    );
    return false;
  };
  if (!codes('unknown_country', 'country', country, knownCountries())) return;
  if (state === undefined) {
    if (region !== undefined) report('unknown_region', [...path, 'region'], 'a region needs its state');
    return;
  }
  if (!codes('unknown_state', 'state', state, knownStates(country)) || region === undefined) return;
  codes('unknown_region', 'region', region, knownRegions(country, String(state)));
}

function checkEach(
  value: unknown,
  path: Path,
  report: Report,
  good: (item: unknown) => boolean,
  example: string,
  code: CalendarProblemCode = 'invalid_date',
): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) return report(code, path, `this is a list; its items look like ${example}`);
  value.forEach((item: unknown, index) => {
    if (!good(item)) report(code, [...path, index], `${shown(item)} cannot be read here; write ${example}`);
  });
}

function isYearly(text: string): boolean {
  // 2024 is a leap year, so that 02-29 is a date.
  return /^\d{2}-\d{2}$/.test(text) && dayNumber(2024, Number(text.slice(0, 2)), Number(text.slice(3))) !== null;
}

function unknownFields(value: Fields, known: readonly string[], path: Path, report: Report): void {
  for (const field of Object.keys(value)) {
    if (!known.includes(field))
      report(
        'unknown_field',
        [...path, field],
        `'${field.slice(0, 40)}' is no field here; did you mean ${nearestName(field, known) ?? known.join(', ')}?`,
      );
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return `'${String(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 60)}'`;
}

function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
