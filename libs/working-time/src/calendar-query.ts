import { weekdays, type HoursDefinition } from './calendar-definition.js';
import { compileCalendar } from './compile-calendar.js';
import { parseDate, parseInstant, parseRange } from './local-time.js';
import type { Instant, WorkingCalendar } from './working-calendar.js';
import { intlZone } from './zone-offsets.js';
import { nearestZone } from './nearest-name.js';

/** An instant as text, seconds, yes or no, or `null` where there is none. */
export type CalendarAnswer = string | number | boolean | null;

export type CalendarQueryErrorCode =
  | 'invalid_query'
  | 'unknown_op'
  | 'unknown_zone'
  | 'invalid_time'
  | 'invalid_date'
  | 'invalid_instant'
  | 'out_of_range'
  | 'no_opening';

export type CalendarQueryResult =
  | { readonly result: CalendarAnswer }
  | { readonly error: { readonly code: CalendarQueryErrorCode; readonly message: string } };

/** A query that cannot be answered; carried to the top of `evaluateCalendarQuery`, never out of it. */
class QueryError extends Error {
  constructor(
    readonly code: CalendarQueryErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Answers one question about one calendar, both given as plain JSON: `{ tz, weekly, holidays?, breaks?, overrides?, op, args }`.
 * `weekly` is `24x7` or ranges by weekday (`[["09:00", "17:00"]]` or `["09:00-17:00"]`), `holidays` a list of dates, `breaks` and
 * `overrides` ranges by date. Operations: `add` and `subtract` {start, seconds}, `between` {start, end} in seconds, `isOpen`,
 * `nextOpen`, `nextClose`, `prevClose`, `nextOpeningAfter` {at}; `prevClose` is the latest instant not after `at` up to which the
 * calendar was open. Instants are ISO-8601 with an offset and are answered with `Z`.
 * Negative seconds go the other way; `between` backwards is the negative of forwards. Never throws.
 */
export function evaluateCalendarQuery(query: unknown): CalendarQueryResult {
  try {
    if (!isRecord(query))
      throw new QueryError('invalid_query', 'a query is a JSON object with tz, weekly, op and args');
    const operation = operationOf(query.op);
    if (!isRecord(query.args)) throw new QueryError('invalid_query', `args is an object, such as ${operation.example}`);
    return { result: operation.answer(calendarOf(query), query.args) };
  } catch (error) {
    if (error instanceof QueryError) return { error: { code: error.code, message: error.message } };
    if (error instanceof RangeError) return { error: { code: rangeCode(error), message: error.message } };
    throw error;
  }
}

type Arguments = Readonly<Record<string, unknown>>;

interface Operation {
  readonly example: string;
  answer(calendar: WorkingCalendar, args: Arguments): CalendarAnswer;
}

const startSeconds = '{"start": "2026-03-02T09:00:00Z", "seconds": 3600}';
const startEnd = '{"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T17:00:00Z"}';
const atOnly = '{"at": "2026-03-02T09:00:00Z"}';

const operations = new Map<string, Operation>([
  [
    'add',
    { example: startSeconds, answer: (calendar, args) => shift(calendar, instant(args, 'start'), milliseconds(args)) },
  ],
  [
    'subtract',
    { example: startSeconds, answer: (calendar, args) => shift(calendar, instant(args, 'start'), -milliseconds(args)) },
  ],
  [
    'between',
    { example: startEnd, answer: (calendar, args) => between(calendar, instant(args, 'start'), instant(args, 'end')) },
  ],
  ['isOpen', { example: atOnly, answer: (calendar, args) => calendar.isOpen(instant(args, 'at')) }],
  ['nextOpen', { example: atOnly, answer: (calendar, args) => instantText(calendar.nextOpen(instant(args, 'at'))) }],
  ['nextClose', { example: atOnly, answer: (calendar, args) => instantText(calendar.nextClose(instant(args, 'at'))) }],
  [
    'prevClose',
    { example: atOnly, answer: (calendar, args) => instantText(lastOpenUntil(calendar, instant(args, 'at'))) },
  ],
  [
    'nextOpeningAfter',
    { example: atOnly, answer: (calendar, args) => instantText(calendar.nextOpeningAfter(instant(args, 'at'))) },
  ],
]);

function operationOf(op: unknown): Operation {
  const operation = typeof op === 'string' ? operations.get(op) : undefined;
  if (operation !== undefined) return operation;
  throw new QueryError('unknown_op', `op is one of ${[...operations.keys()].join(', ')}: got ${shown(op)}`);
}

function shift(calendar: WorkingCalendar, start: Instant, ms: number): CalendarAnswer {
  return instantText(ms < 0 ? calendar.latestStart(start, -ms) : calendar.deadline(start, ms));
}

function between(calendar: WorkingCalendar, start: Instant, end: Instant): number {
  if (end >= start) return calendar.worked(start, end) / 1000;
  const worked = calendar.worked(end, start);
  return worked === 0 ? 0 : -worked / 1000;
}

/** The mirror of `nextOpen`: the instant itself where the time just before it is open, else the latest closing. */
function lastOpenUntil(calendar: WorkingCalendar, at: Instant): Instant | null {
  return calendar.isOpen(at - 1) ? at : calendar.previousClose(at);
}

function instant(args: Arguments, field: string): Instant {
  const text = args[field];
  const at = typeof text === 'string' ? parseInstant(text) : null;
  if (at !== null) return at;
  throw new QueryError(
    'invalid_instant',
    `args.${field} is an instant with its offset, such as 2026-03-02T09:00:00Z: got ${shown(text)}`,
  );
}

function milliseconds(args: Arguments): number {
  const { seconds } = args;
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return Math.round(seconds * 1000);
  throw new QueryError('invalid_query', `args.seconds is a number: got ${shown(seconds)}`);
}

function instantText(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}

/** Compiled calendars by content, the least recently used first. Many lines of one file ask about the same calendar. */
const compiled = new Map<string, WorkingCalendar>();
const MOST_COMPILED = 256;

function calendarOf(query: Readonly<Record<string, unknown>>): WorkingCalendar {
  const { tz, weekly, holidays, breaks, overrides } = query;
  const key = JSON.stringify([tz, weekly, holidays, breaks, overrides]);
  const known = compiled.get(key);
  const calendar =
    known ??
    compileCalendar({
      name: 'calendar',
      zone: zoneName(tz),
      weekly: weekly === '24x7' ? weekly : weeklyOf(weekly),
      holidays: { dates: datesOf(holidays) },
      breaks: rangesByDate('breaks', breaks),
      overrides: rangesByDate('overrides', overrides),
    });
  compiled.delete(key);
  compiled.set(key, calendar);
  if (compiled.size > MOST_COMPILED) {
    for (const oldest of compiled.keys()) {
      compiled.delete(oldest);
      break;
    }
  }
  return calendar;
}

function zoneName(tz: unknown): string {
  if (typeof tz === 'string' && intlZone(tz) !== null) return tz;
  if (typeof tz !== 'string')
    throw new QueryError('unknown_zone', `tz is an IANA zone, such as Europe/Berlin: got ${shown(tz)}`);
  throw new QueryError('unknown_zone', `${shown(tz)} is no zone this runtime knows; did you mean ${nearestZone(tz)}?`);
}

function weeklyOf(weekly: unknown): HoursDefinition['weekly'] {
  if (!isRecord(weekly)) {
    throw new QueryError(
      'invalid_query',
      `weekly is '24x7' or an object of ranges by weekday (${weekdays.join(', ')}): got ${shown(weekly)}`,
    );
  }
  const days = weekdays as readonly string[];
  return Object.fromEntries(
    Object.entries(weekly).map(([day, ranges]) => {
      if (days.includes(day)) return [day, rangesOf(`weekly.${day}`, ranges)];
      throw new QueryError('invalid_query', `'${day.slice(0, 40)}' is no weekday; they are ${weekdays.join(', ')}`);
    }),
  );
}

function rangesByDate(field: string, value: unknown): Record<string, string[]> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value))
    throw new QueryError('invalid_query', `${field} is an object of ranges by date: got ${shown(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([date, ranges]) => [checkedDate(field, date), rangesOf(`${field}.${date}`, ranges)]),
  );
}

function datesOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new QueryError('invalid_query', `holidays is a list of dates: got ${shown(value)}`);
  return value.map((date) => checkedDate('holidays', date));
}

function checkedDate(field: string, date: unknown): string {
  if (typeof date === 'string' && parseDate(date) !== null) return date;
  throw new QueryError('invalid_date', `${field}: ${shown(date)} is no date; write 2026-12-24`);
}

function rangesOf(where: string, ranges: unknown): string[] {
  if (ranges === undefined || ranges === null) return [];
  if (!Array.isArray(ranges))
    throw new QueryError('invalid_query', `${where} is a list of ranges: got ${shown(ranges)}`);
  return ranges.map((range) => {
    const [start, end, ...rest]: unknown[] = Array.isArray(range)
      ? range
      : typeof range === 'string'
        ? range.split('-')
        : [];
    if (typeof start === 'string' && typeof end === 'string' && rest.length === 0 && parseRange(start, end) !== null)
      return `${start}-${end}`;
    throw new QueryError(
      'invalid_time',
      `${where}: ${shown(range)} is no range; write ["09:00", "17:00"], with 24:00 as the latest end`,
    );
  });
}

function rangeCode(error: RangeError): CalendarQueryErrorCode {
  return /never opens|was never open/.test(error.message) ? 'no_opening' : 'out_of_range';
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
