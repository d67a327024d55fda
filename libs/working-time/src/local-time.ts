import type { Instant } from './working-calendar.js';

/** A date as the number of days since 1970-01-01. Local times are ms since then on the wall clock, without a zone. */
export type DayNumber = number;

export const DAY_MS = 86_400_000;

/** Milliseconds of local time from the start of the date a range belongs to; `to` may lie on the next date. */
export interface LocalRange {
  readonly from: number;
  readonly to: number;
}

/** The day number of `2026-12-24`; null where that is no date. */
export function parseDate(text: string): DayNumber | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match === null ? null : dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** The day number of a date of the Gregorian calendar; null where the month has no such day. */
export function dayNumber(year: number, month: number, day: number): DayNumber | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? Math.floor(date.getTime() / DAY_MS) : null;
}

/** `2026-12-24` of a day number. */
export function formatDate(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** 0 for Sunday. */
export function weekdayOf(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function yearOf(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** `09:00-17:00` as a range; null where it is none. */
export function parseHours(text: string): LocalRange | null {
  const parts = text.split('-');
  return parts.length === 2 ? parseRange(parts[0] ?? '', parts[1] ?? '') : null;
}

/** A range from its two local times; an end at or before the start lies on the next date. Null where a time is none. */
export function parseRange(start: string, end: string): LocalRange | null {
  const from = parseTimeOfDay(start);
  const to = parseTimeOfDay(end);
  if (from === null || to === null || from === DAY_MS) return null;
  return { from, to: to <= from ? to + DAY_MS : to };
}

function parseTimeOfDay(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const hours = Number(match[1]);
  const minutes = Number(match[2]);
  const seconds = Number(match[3] ?? 0);
  if (minutes > 59 || seconds > 59) return null;
  const at = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return at <= DAY_MS ? at : null;
}

/**
 * Reads an ISO-8601 date-time that names its offset; digits beyond the millisecond are cut. Null where the text is no such instant,
 * also for dates that do not exist (30 February).
 */
export function parseInstant(text: string): Instant | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?([Zz]|[+-]\d{2}:?\d{2})$/.exec(
    text,
  );
  if (match === null) return null;
  const day = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
  const [hours, minutes, seconds] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
  if (day === null || hours > 23 || minutes > 59 || seconds > 59) return null;
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const zone = match[8] ?? 'Z';
  const offset = /^z$/i.test(zone)
    ? 0
    : (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * (zone[0] === '-' ? -60_000 : 60_000);
  return day * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms - offset;
}
