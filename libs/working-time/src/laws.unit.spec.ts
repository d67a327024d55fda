import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCalendar, weekdays, type CalendarDefinition, type HoursDefinition } from './index.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;

const oddZones = [
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Tehran',
  'America/Sao_Paulo',
  'Europe/Berlin',
  'America/Havana',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'America/New_York',
];
const steadyZones = ['Etc/UTC', 'Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Tokyo'];

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const span = fc
  .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 0, max: 96 }))
  .map(([from, to]) => `${clock(from * 15)}-${clock(to * 15)}`);
const spans = fc.array(span, { maxLength: 3 });
// Around a skipped date (Apia, 30 December 2011) and around changes of the clocks in every zone above.
const date = fc
  .integer({ min: Date.UTC(2011, 11, 20), max: Date.UTC(2012, 11, 20) })
  .map((at) => new Date(at).toISOString().slice(0, 10));
const instant = fc.integer({ min: Date.UTC(2011, 11, 20), max: Date.UTC(2012, 11, 20) });
const closeInstant = fc.constantFrom(
  ...[0, 98, 102, 180, 187, 285, 319].map((day) => Date.UTC(2011, 11, 27) + day * DAY),
);
const around = fc.oneof(
  instant,
  fc.tuple(closeInstant, fc.integer({ min: 0, max: 6 * DAY })).map(([at, more]) => at + more),
);

const hours = (zones: readonly string[]): fc.Arbitrary<HoursDefinition> =>
  fc.record({
    name: fc.constant('generated'),
    zone: fc.constantFrom(...zones),
    weekly: fc.oneof(
      { weight: 1, arbitrary: fc.constant('24x7' as const) },
      {
        weight: 6,
        arbitrary: fc
          .tuple(span, fc.array(fc.tuple(fc.constantFrom(...weekdays), spans)))
          .map(([one, days]) => ({ ...Object.fromEntries(days), wed: [one] })),
      },
    ),
    holidays: fc.record({ dates: fc.array(date, { maxLength: 3 }), yearly: fc.subarray(['01-01', '03-25', '10-28']) }),
    breaks: fc.dictionary(date, spans, { maxKeys: 3 }),
    overrides: fc.dictionary(date, spans, { maxKeys: 3 }),
  });

const definition: fc.Arbitrary<CalendarDefinition> = fc.oneof(
  { weight: 4, arbitrary: hours(oddZones) },
  {
    weight: 1,
    arbitrary: fc.array(hours(oddZones), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ name: 'any', anyOf })),
  },
  {
    weight: 1,
    arbitrary: hours(oddZones).map((one) => ({
      name: 'all',
      allOf: [one, { name: 'utc', zone: 'UTC', weekly: '24x7' as const }],
    })),
  },
);
const work = fc.integer({ min: 1, max: 90 * 60 * MINUTE });

describe('the laws of working time', () => {
  it('worked is additive and monotone, and grows no faster than time', () => {
    fc.assert(
      fc.property(definition, fc.tuple(around, around, around), (given, instants) => {
        const calendar = compileCalendar(given);
        const [a = 0, b = 0, c = 0] = [...instants].sort((x, y) => x - y);
        expect(calendar.worked(a, b) + calendar.worked(b, c)).toBe(calendar.worked(a, c));
        expect(calendar.worked(a, b)).toBeGreaterThanOrEqual(0);
        expect(calendar.worked(a, b)).toBeLessThanOrEqual(b - a);
      }),
      { numRuns: 300 },
    );
  });

  it('deadline is the earliest inverse of worked', () => {
    fc.assert(
      fc.property(definition, around, work, (given, start, ms) => {
        const calendar = compileCalendar(given);
        if (calendar.nextOpen(start) === null) return;
        const due = calendar.deadline(start, ms);
        expect(calendar.worked(start, due)).toBe(ms);
        expect(calendar.worked(start, due - 1)).toBe(ms - 1);
        expect(calendar.deadline(start, 0)).toBe(start);
      }),
      { numRuns: 300 },
    );
  });

  it('latestStart is the latest inverse of worked', () => {
    fc.assert(
      fc.property(definition, around, work, (given, end, ms) => {
        const calendar = compileCalendar(given);
        if (calendar.previousClose(end) === null && !calendar.isOpen(end)) return;
        const start = calendar.latestStart(end, ms);
        expect(calendar.worked(start, end)).toBe(ms);
        expect(calendar.worked(start + 1, end)).toBe(ms - 1);
        expect(calendar.latestStart(end, 0)).toBe(end);
      }),
      { numRuns: 300 },
    );
  });

  it('a shift by whole weeks changes nothing where the clocks never change and no date is named', () => {
    fc.assert(
      fc.property(hours(steadyZones), around, work, fc.integer({ min: -60, max: 60 }), (given, start, ms, weeks) => {
        const calendar = compileCalendar({ name: given.name, zone: given.zone, weekly: given.weekly });
        expect(calendar.deadline(start + weeks * WEEK, ms)).toBe(calendar.deadline(start, ms) + weeks * WEEK);
        expect(calendar.worked(start + weeks * WEEK, start + weeks * WEEK + ms)).toBe(
          calendar.worked(start, start + ms),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('edges agree with openness, and with the open intervals', () => {
    fc.assert(
      fc.property(definition, around, (given, at) => {
        const calendar = compileCalendar(given);
        const intervals = calendar.openIntervals(at - 20 * DAY, at + 20 * DAY);
        const next = intervals.find((interval) => interval.to > at);
        expect(calendar.isOpen(at)).toBe(next !== undefined && next.from <= at);
        if (next !== undefined) expect(calendar.nextOpen(at)).toBe(Math.max(at, next.from));
        if (next !== undefined && next.to < at + 20 * DAY) expect(calendar.nextClose(at)).toBe(next.to);
        const closed = intervals.filter((interval) => interval.to <= at).at(-1);
        if (closed !== undefined) expect(calendar.previousClose(at)).toBe(closed.to);
        const opening = intervals.find((interval) => interval.from > at);
        if (opening !== undefined) expect(calendar.nextOpeningAfter(at)).toBe(opening.from);
      }),
      { numRuns: 300 },
    );
  });

  it('answers do not depend on what was asked before', () => {
    fc.assert(
      fc.property(
        definition,
        fc.array(fc.tuple(fc.integer({ min: -60, max: 120 }), work), { minLength: 2, maxLength: 6 }),
        (given, asked) => {
          const shared = compileCalendar(given);
          for (const [years, ms] of asked) {
            const at = Date.UTC(2012, 5, 1) + years * 365 * DAY;
            const fresh = compileCalendar(given);
            expect(shared.worked(at, at + 3 * ms)).toBe(fresh.worked(at, at + 3 * ms));
            expect(shared.nextOpen(at)).toBe(fresh.nextOpen(at));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an independent reading of the wall clock', () => {
  it('agrees minute by minute on every day without a change of the clocks', () => {
    fc.assert(
      fc.property(hours(oddZones), around, (given, at) => {
        const calendar = compileCalendar(given);
        const start = Math.floor(at / MINUTE) * MINUTE;
        const wall = wallClock(given.zone);
        // A night shift reaches back a day, and hours end a day later: where the offset moves nearby, the wall clock alone cannot tell.
        if (new Set([-3, -2, -1, 0, 1, 2, 3].map((day) => wall(start + day * DAY).time)).size > 1) return;
        for (let minute = start; minute < start + DAY; minute += 7 * MINUTE) {
          expect([minute, calendar.isOpen(minute)]).toEqual([minute, openByTheWall(given, wall(minute))]);
        }
      }),
      { numRuns: 150 },
    );
  });
});

interface WallTime {
  readonly date: string;
  readonly time: string;
}

function wallClock(zone: string): (at: number) => WallTime {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (at) => {
    const [date = '', time = ''] = format.format(at).split(' ');
    return { date, time };
  };
}

/** The definition read naively: this date's hours, the nights of the date before, less breaks and holidays. */
function openByTheWall(given: HoursDefinition, { date, time }: WallTime): boolean {
  const before = new Date(Date.parse(date) - DAY).toISOString().slice(0, 10);
  if (given.holidays?.dates?.includes(date) || given.holidays?.yearly?.includes(date.slice(5))) return false;
  const of = (day: string): readonly string[] => {
    const weekday = weekdays[new Date(day).getUTCDay()] ?? 'sun';
    return given.overrides?.[day] ?? (given.weekly === '24x7' ? ['00:00-24:00'] : (given.weekly[weekday] ?? []));
  };
  const inside = (today: readonly string[], yesterday: readonly string[]): boolean =>
    today.some((text) => {
      const [from = '', to = ''] = text.split('-');
      return time >= from && (to <= from || time < to);
    }) ||
    yesterday.some((text) => {
      const [from = '', to = ''] = text.split('-');
      return to <= from && time < to;
    });
  return inside(of(date), of(before)) && !inside(given.breaks?.[date] ?? [], given.breaks?.[before] ?? []);
}
