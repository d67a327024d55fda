// Working time as others do it. Each contestant answers `deadline(start, work)` with an instant and `worked(from, to)` with ms, both in
// epoch ms. The two libraries know only the process's zone, which must be the calendar's before any date is made.
import dayjs from 'dayjs';
import dayjsBusinessTime from 'dayjs-business-time';
import { DateTime } from 'luxon';
import moment from 'moment';
import 'moment-business-time';
import { Temporal } from 'temporal-polyfill';
import { holidays, openings, zone } from './office-hours.mjs';

const minute = 60_000;
const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const closedDates = new Set(holidays);
const hours = openings.map(({ from, to }) => [time(from), time(to)]);

function time(text) {
  const [hour, minutes] = text.split(':').map(Number);
  return { hour, minute: minutes };
}

function dayjsContestant() {
  dayjs.extend(dayjsBusinessTime);
  const segments = openings.map(({ from, to }) => ({ start: `${from}:00`, end: `${to}:00` }));
  dayjs.setBusinessTime({
    sunday: null,
    saturday: null,
    ...Object.fromEntries(workdays.map((day) => [day, segments])),
  });
  dayjs.setHolidays(holidays);
  return {
    name: 'dayjs-business-time',
    deadline: (start, work) =>
      dayjs(start)
        .addBusinessMinutes(work / minute)
        .valueOf(),
    worked: (from, to) => dayjs(from).businessMinutesDiff(dayjs(to)) * minute,
  };
}

function momentContestant() {
  const times = openings.flatMap(({ from, to }) => [`${from}:00`, `${to}:00`]);
  moment.updateLocale('en', {
    workinghours: Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((day) => [day, day % 6 === 0 ? null : times])),
    holidays,
  });
  return {
    name: 'moment-business-time',
    deadline: (start, work) =>
      moment(start)
        .addWorkingTime(work / minute, 'minutes')
        .valueOf(),
    worked: (from, to) => moment(to).workingDiff(moment(from), 'minutes') * minute,
  };
}

/** A loop over days and their openings, as one would write it: `openingsFrom(at)` yields [open, close) instants from the day of `at` on. */
function byLoop(name, openingsFrom) {
  return {
    name,
    deadline(start, work) {
      let left = work;
      for (const [open, close] of openingsFrom(start)) {
        const from = Math.max(open, start);
        if (close <= from) continue;
        if (close - from >= left) return from + left;
        left -= close - from;
      }
      return NaN;
    },
    worked(from, to) {
      let sum = 0;
      for (const [open, close] of openingsFrom(from)) {
        if (open >= to) break;
        sum += Math.max(0, Math.min(close, to) - Math.max(open, from));
      }
      return sum;
    },
  };
}

function* luxonOpenings(at) {
  for (let day = DateTime.fromMillis(at, { zone }).startOf('day'); ; day = day.plus({ days: 1 })) {
    if (day.weekday > 5 || closedDates.has(day.toISODate())) continue;
    for (const [from, to] of hours) yield [day.set(from).toMillis(), day.set(to).toMillis()];
  }
}

function* temporalOpenings(at) {
  const instant = (date, plainTime) => date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
  let day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  for (; ; day = day.add({ days: 1 })) {
    if (day.dayOfWeek > 5 || closedDates.has(day.toString())) continue;
    for (const [from, to] of hours) yield [instant(day, from), instant(day, to)];
  }
}

export function contestants() {
  return [
    dayjsContestant(),
    momentContestant(),
    byLoop('loop with luxon', luxonOpenings),
    byLoop('loop with temporal-polyfill', temporalOpenings),
  ];
}
