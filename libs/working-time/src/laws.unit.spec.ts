import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCalendar, weekdays, type CalendarDefinition, type HoursDefinition } from './index.js';

/** Cases a law; `LAWS_RUNS` sets it for long runs, `LAWS_SEED` which ones. */
const numRuns = Number(process.env['LAWS_RUNS'] ?? 300);
const lawsSeed = process.env['LAWS_SEED'];
if (lawsSeed !== undefined) fc.configureGlobal({ seed: Number(lawsSeed) });

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
      { numRuns },
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
      { numRuns },
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
      { numRuns },
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
      { numRuns },
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
      { numRuns },
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
      { numRuns: Math.ceil(numRuns / 5) },
    );
  });
});

describe('an independent reading of the wall clock', () => {
  it('agrees at every minute, also where the clocks change and where a date is skipped', () => {
    fc.assert(
      fc.property(hours(oddZones), around, (given, at) => {
        const calendar = compileCalendar(given);
        const start = Math.floor(at / MINUTE) * MINUTE;
        const open = openMinutes(given, start - 4 * DAY, start + 4 * DAY);
        for (let minute = start - DAY; minute < start + DAY; minute += 3 * MINUTE) {
          expect([minute, calendar.isOpen(minute)]).toEqual([minute, open.has(minute)]);
        }
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });
});

/** Open minutes by brute force: the wall clock is read at every minute, and a local time is the first minute that has reached it. */
function openMinutes(given: HoursDefinition, from: number, to: number): ReadonlySet<number> {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: given.zone, dateStyle: 'short', timeStyle: 'short' });
  const walls: string[] = [];
  const dates = new Set<string>();
  for (let at = from; at < to; at += MINUTE) {
    const wall = format.format(at);
    dates.add(wall.slice(0, 10));
    const latest = walls.at(-1) ?? '';
    walls.push(wall > latest ? wall : latest);
  }
  // The latest wall time seen so far never falls, so the first minute to reach one can be found by halving.
  const reached = (wall: string): number => {
    let low = 0;
    let high = walls.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((walls[middle] ?? '') >= wall) high = middle;
      else low = middle + 1;
    }
    return from + low * MINUTE;
  };
  const after = (date: string): string => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);
  const open = new Set<number>();
  const mark = (date: string, text: string, keep: (minute: number) => unknown): void => {
    const [begins = '', ends = ''] = text.split('-');
    const last = ends === '24:00' ? `${after(date)} 00:00` : `${ends <= begins ? after(date) : date} ${ends}`;
    const end = reached(last);
    for (let minute = reached(`${date} ${begins}`); minute < end; minute += MINUTE) keep(minute);
  };
  // The first and last date are seen in part only; they are too far from what is compared to matter.
  for (const date of dates) {
    const weekday = weekdays[new Date(date).getUTCDay()] ?? 'sun';
    const regular = given.weekly === '24x7' ? ['00:00-24:00'] : (given.weekly[weekday] ?? []);
    for (const text of given.overrides?.[date] ?? regular) mark(date, text, (minute) => open.add(minute));
  }
  for (const date of dates) {
    const closed = given.holidays?.dates?.includes(date) || given.holidays?.yearly?.includes(date.slice(5));
    for (const text of [...(given.breaks?.[date] ?? []), ...(closed ? ['00:00-24:00'] : [])]) {
      mark(date, text, (minute) => open.delete(minute));
    }
  }
  return open;
}
