import ICAL from 'ical.js';
import { dayNumber, type DayNumber } from './local-time.js';

/** Rules that repeat are followed to the end of this year. */
const LAST_YEAR = 2200;
/** And no further than this many occurrences an event, so that a rule by the second cannot stall the reader. */
const MOST_OCCURRENCES = 20_000;

/** The whole-day events of an iCalendar text, a year at a time. Timed and cancelled events close nothing. Unreadable text: none. */
export function icsHolidays(text: string): (year: number) => ReadonlyMap<DayNumber, string> {
  let years: Map<number, Map<DayNumber, string>> | null = null;
  return (year) => {
    years ??= readYears(text);
    return years.get(year) ?? new Map<DayNumber, string>();
  };
}

/** Why a text is no iCalendar with whole-day events, in words; null where it is one. */
export function icsProblem(text: string): string | null {
  const events = readEvents(text);
  if (events === null)
    return 'this is not an iCalendar text: it must begin with BEGIN:VCALENDAR and end with END:VCALENDAR';
  return events.some(isWholeDay) ? null : 'it has no whole-day event: holidays need DTSTART;VALUE=DATE';
}

function readEvents(text: string): ICAL.Event[] | null {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text) as never);
    return calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
  } catch {
    return null;
  }
}

function isWholeDay(event: ICAL.Event): boolean {
  return event.startDate?.isDate === true && event.component.getFirstPropertyValue('status') !== 'CANCELLED';
}

function readYears(text: string): Map<number, Map<DayNumber, string>> {
  const years = new Map<number, Map<DayNumber, string>>();
  for (const event of (readEvents(text) ?? []).filter(isWholeDay)) {
    const length = Math.max(1, Math.round(event.duration.toSeconds() / 86_400));
    for (const start of occurrences(event)) {
      const first = dayNumber(start.year, start.month, start.day);
      for (let k = 0; first !== null && k < length; k += 1) {
        const year = new Date((first + k) * 86_400_000).getUTCFullYear();
        const days = years.get(year) ?? new Map<DayNumber, string>();
        days.set(first + k, event.summary ?? '');
        years.set(year, days);
      }
    }
  }
  return years;
}

function occurrences(event: ICAL.Event): ICAL.Time[] {
  // A changed occurrence stands for itself; its original date is an exception of the event it belongs to.
  if (event.isRecurrenceException() || !event.isRecurring()) return [event.startDate];
  const found: ICAL.Time[] = [];
  const iterator = event.iterator();
  for (let count = 0; count < MOST_OCCURRENCES; count += 1) {
    const next = iterator.next() as ICAL.Time | null | undefined;
    if (!next || next.year > LAST_YEAR) break;
    if (!replacedDates(event).has(next.toString())) found.push(next);
  }
  return found;
}

function replacedDates(event: ICAL.Event): ReadonlySet<string> {
  return new Set(Object.keys((event as unknown as { exceptions?: Record<string, unknown> }).exceptions ?? {}));
}
