import type { CalendarDefinition, HolidaysDefinition } from '@punctual/working-time';
import type { Calendar } from './document/calendar-schema.js';
import type { PolicyDocument } from './document/policy-document.js';

/** The calendar every policy has without declaring it: always open. */
export const ALWAYS_OPEN = '24x7';

/** The names by which a policy's promises may call a calendar. */
export function calendarNames(document: PolicyDocument): readonly string[] {
  return Object.hasOwn(document.calendars, ALWAYS_OPEN)
    ? Object.keys(document.calendars)
    : [...Object.keys(document.calendars), ALWAYS_OPEN];
}

/**
 * The definition of a calendar with the calendars it composes in place of their names. Null where a name is unknown or the calendars
 * compose each other in a circle; the lint reports both.
 */
export function calendarDefinition(
  document: PolicyDocument,
  name: string,
  within: readonly string[] = [],
): CalendarDefinition | null {
  const calendar = Object.hasOwn(document.calendars, name) ? document.calendars[name] : undefined;
  if (calendar === undefined) return name === ALWAYS_OPEN ? { name, zone: 'UTC', weekly: '24x7' } : null;
  if (within.includes(name)) return null;
  const composed = calendar.anyOf ?? calendar.allOf;
  if (composed === undefined) return hoursDefinition(name, calendar);
  const members = composed.map((member) => calendarDefinition(document, member, [...within, name]));
  if (!members.every((member) => member !== null)) return null;
  const zone = calendar.zone === undefined ? {} : { zone: calendar.zone };
  return calendar.anyOf ? { name, anyOf: members, ...zone } : { name, allOf: members, ...zone };
}

function hoursDefinition(name: string, calendar: Calendar): CalendarDefinition | null {
  const { zone, weekly, holidays, breaks, overrides } = calendar;
  if (zone === undefined || weekly === undefined) return null;
  return {
    name,
    zone,
    weekly,
    ...(holidays === undefined ? {} : { holidays: holidaysDefinition(holidays) }),
    ...(breaks === undefined ? {} : { breaks }),
    ...(overrides === undefined ? {} : { overrides }),
  };
}

function holidaysDefinition(holidays: NonNullable<Calendar['holidays']>): HolidaysDefinition {
  const { assumed: _assumed, countries, ...rest } = holidays;
  const sources = countries?.map(({ assumed: _why, ...country }) => withoutAbsent(country));
  return { ...withoutAbsent(rest), ...(sources === undefined ? {} : { countries: sources }) };
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Present<T>;
}
