import { z } from 'zod';
import { fields, prose } from './fields.js';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof weekdays)[number];

const hours = z
  .union([z.string().transform((text) => (text.toLowerCase() === 'closed' ? [] : [text])), z.array(z.string())], {
    error: "hours such as '09:00-17:00', a list of them, or 'closed' are expected",
  })
  .transform((value): string[] => value);

/** `24x7`, or hours by day; `mon-fri` stands for each of its days, and a later line adds to an earlier one. */
const weekly = z.union(
  [
    z.literal('24x7'),
    z.record(z.string(), hours).transform((days, context): Partial<Record<Weekday, string[]>> => {
      const week: Partial<Record<Weekday, string[]>> = {};
      for (const [key, intervals] of Object.entries(days)) {
        const named = daysOf(key);
        if (named === null) {
          const message = `'${key}' is no day; write mon, tue, wed, thu, fri, sat, sun or a span such as mon-fri`;
          context.addIssue({ code: 'custom', path: [key], message, params: { code: 'unknown_day' } });
          return z.NEVER;
        }
        for (const day of named) week[day] = [...(week[day] ?? []), ...intervals];
      }
      return week;
    }),
  ],
  { error: "weekly hours are '24x7' or hours by day" },
);

const holidays = fields({
  /** Countries, states and regions by their codes (`SE`, `DE`/`BY`). */
  countries: z
    .array(
      fields({
        country: z.string().length(2),
        state: z.string().optional(),
        region: z.string().optional(),
        types: z.array(z.enum(['public', 'bank', 'optional', 'school', 'observance'])).optional(),
      }),
    )
    .optional(),
  dates: z.array(z.string()).optional(),
  /** Every year: `12-25`. */
  yearly: z.array(z.string()).optional(),
  ics: z.string().optional(),
  /** Dates that are worked although a source above closes them. */
  except: z.array(z.string()).optional(),
});

/** A calendar: hours in a zone, or a composition of other calendars by name (`anyOf`: follow the sun; `allOf`). */
export const Calendar = fields({
  title: prose.optional(),
  zone: z.string().optional(),
  weekly: weekly.optional(),
  holidays: holidays.optional(),
  breaks: z.record(z.string(), hours).optional(),
  overrides: z.record(z.string(), hours).optional(),
  anyOf: z.array(z.string()).min(1).optional(),
  allOf: z.array(z.string()).min(1).optional(),
}).superRefine((calendar, context) => {
  const kinds = [calendar.weekly, calendar.anyOf, calendar.allOf].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    context.addIssue({ code: 'custom', message: 'a calendar has exactly one of weekly, anyOf and allOf; keep one' });
  } else if (calendar.weekly !== undefined && calendar.zone === undefined) {
    context.addIssue({
      code: 'custom',
      message: "weekly hours need a zone; add one, such as 'zone: Europe/Stockholm'",
    });
  } else if (calendar.weekly === undefined && (calendar.holidays ?? calendar.breaks ?? calendar.overrides)) {
    const message = 'a composed calendar has no holidays, breaks or overrides; write them at the calendars it names';
    context.addIssue({ code: 'custom', message });
  }
});
export type Calendar = z.output<typeof Calendar>;

/** The days a key of weekly hours stands for: `mon`, `Monday`, `mon-fri`; null where it names none. */
export function daysOf(key: string): readonly Weekday[] | null {
  const [from, to, ...more] = key
    .toLowerCase()
    .split('-')
    .map((day) => (weekdays as readonly string[]).indexOf(day.trim().slice(0, 3)));
  if (from === undefined || from < 0 || more.length > 0) return null;
  if (to === undefined) return weekdays.slice(from, from + 1);
  if (to < 0) return null;
  return to >= from ? weekdays.slice(from, to + 1) : [...weekdays.slice(from), ...weekdays.slice(0, to + 1)];
}
