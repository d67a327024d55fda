export type { Instant, WorkingCalendar } from './working-calendar.js';
export {
  holidayTypes,
  weekdays,
  type AllOfDefinition,
  type AnyOfDefinition,
  type CalendarDefinition,
  type CountryHolidays,
  type DateText,
  type HolidaysDefinition,
  type HolidayType,
  type HoursDefinition,
  type HoursText,
  type Weekday,
} from './calendar-definition.js';
export { canonicalJson, contentHash } from './canonical-json.js';
export { checkCalendar, type CalendarProblem, type CalendarProblemCode } from './check-calendar.js';
export { compileCalendar } from './compile-calendar.js';
export { compileHolidayAt } from './holiday-at.js';
export { HOLIDAY_DATA_VERSION } from './holiday-data.js';
export { calendarDrift, type CalendarDrift, type HolidayDrift } from './calendar-drift.js';
export {
  resolveCalendar,
  resolvedCalendarText,
  type CalendarSources,
  type ResolvedCalendar,
  type StoredHoliday,
} from './resolved-calendar.js';
export {
  evaluateCalendarQuery,
  type CalendarAnswer,
  type CalendarQueryErrorCode,
  type CalendarQueryResult,
} from './calendar-query.js';
export { parseDuration, type Duration, type DurationProblem, type ParsedDuration } from './duration.js';
