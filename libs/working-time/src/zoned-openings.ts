import type { Holidays } from './holidays.js';
import { clip, mergeOrdered, subtract, type IntervalList } from './interval-list.js';
import { DAY_MS, weekdayOf, type DayNumber, type LocalRange } from './local-time.js';
import type { Openings } from './openings.js';
import type { Instant } from './working-calendar.js';
import { localToInstant, MAX_OFFSET_MS, type ZoneOffsets } from './zone-offsets.js';

/** One set of opening hours, read and checked: ranges by weekday (Sunday first) and by date, in order of their starts. */
export interface ZonedHours {
  readonly zone: ZoneOffsets;
  readonly weekly: readonly (readonly LocalRange[])[];
  readonly overrides: ReadonlyMap<DayNumber, readonly LocalRange[]>;
  readonly breaks: ReadonlyMap<DayNumber, readonly LocalRange[]>;
  readonly holidays: Holidays;
}

/**
 * When a set of hours is open. Everything is added and cut on the local time line; the result is carried to instants at the end,
 * which is the same, because the earliest instant at which a local time is reached never falls as local time rises.
 */
export function zonedOpenings(hours: ZonedHours): Openings {
  const { zone, weekly, overrides, breaks, holidays } = hours;
  const named = [...overrides.keys(), ...breaks.keys(), ...holidays.dates];
  const whole = weekly.every((ranges) => ranges.some((range) => range.from === 0 && range.to >= DAY_MS));

  const cutsOf = (day: DayNumber, cuts: number[]): void => {
    if (holidays.isHoliday(day)) cuts.push(day * DAY_MS, (day + 1) * DAY_MS);
    for (const range of breaks.get(day) ?? []) cuts.push(day * DAY_MS + range.from, day * DAY_MS + range.to);
  };
  const rangesOf = (day: DayNumber): readonly LocalRange[] => overrides.get(day) ?? weekly[weekdayOf(day)] ?? [];
  const anyCuts = breaks.size > 0 || !holidays.none;

  /** Open local time of the hours that belong to the dates `first..last`. */
  const local = (first: DayNumber, last: DayNumber): IntervalList => {
    const pairs: number[] = [];
    const skipped = skippedDates(zone, first - 1, last + 1);
    for (let day = first; day <= last; day += 1) {
      if (skipped.includes(day)) continue;
      for (const range of rangesOf(day)) pairs.push(day * DAY_MS + range.from, day * DAY_MS + range.to);
    }
    const open = mergeOrdered(pairs);
    if (!anyCuts) return open;
    const cuts: number[] = [];
    // A break of the day before may run overnight, and so may hours of the last day into a holiday.
    for (let day = first - 1; day <= last + 1; day += 1) if (!skipped.includes(day)) cutsOf(day, cuts);
    return subtract(open, orderedCuts(cuts));
  };

  const ofDay = (day: DayNumber): IntervalList => {
    const toInstant = localToInstant(zone, (day - 1) * DAY_MS, (day + 3) * DAY_MS);
    return mergeOrdered(local(day, day).map(toInstant));
  };

  return {
    zone,
    always: whole && overrides.size === 0 && !anyCuts,
    named:
      named.length === 0
        ? null
        : {
            from: named.reduce((a, b) => Math.min(a, b)) * DAY_MS - 2 * DAY_MS,
            to: named.reduce((a, b) => Math.max(a, b)) * DAY_MS + 3 * DAY_MS,
          },
    intervals(from: Instant, to: Instant) {
      const first = Math.floor((from - MAX_OFFSET_MS) / DAY_MS) - 1;
      const last = Math.floor((to + MAX_OFFSET_MS) / DAY_MS);
      const toInstant = localToInstant(zone, first * DAY_MS, (last + 2) * DAY_MS);
      return clip(mergeOrdered(local(first, last).map(toInstant)), from, to);
    },
    isBusinessDay: (day) => ofDay(day).length > 0,
    lastClose: (day) => ofDay(day).at(-1) ?? null,
  };
}

/** The dates that never were, where a zone moved across the date line: neither their hours nor their night shifts took place. */
function skippedDates(zone: ZoneOffsets, first: DayNumber, last: DayNumber): readonly DayNumber[] {
  const skipped: DayNumber[] = [];
  for (const { at, before, after } of zone.transitions(
    first * DAY_MS - MAX_OFFSET_MS,
    (last + 1) * DAY_MS + MAX_OFFSET_MS,
  )) {
    for (let day = Math.ceil((at + before) / DAY_MS); (day + 1) * DAY_MS <= at + after; day += 1) skipped.push(day);
  }
  return skipped;
}

/** Holidays and overnight breaks may overlap out of order by a day; putting them in order costs little as they are few. */
function orderedCuts(cuts: readonly number[]): IntervalList {
  const pairs: [number, number][] = [];
  for (let i = 0; i < cuts.length; i += 2) pairs.push([cuts[i] ?? 0, cuts[i + 1] ?? 0]);
  pairs.sort((a, b) => a[0] - b[0]);
  return mergeOrdered(pairs.flat());
}
