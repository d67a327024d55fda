import type { Instant } from '@punctual/contracts';
import { compileHolidayAt, type ResolvedCalendar } from '@punctual/working-time';
import type { PolicyPromise } from './document/promise-schema.js';

/** A target that is longer for cycles that start while a team has a holiday. */
export interface HolidayStretch {
  readonly factor: number;
  /** Whose holiday the local date of an instant is, as `united-states (Independence Day)`; null on other dates. Epoch ms. */
  holidayAt(at: Instant): string | null;
}

/** Null where the promise says nothing of holidays, which is the default. */
export function compileHolidayStretch(
  { onHoliday }: PolicyPromise,
  calendars: Readonly<Record<string, ResolvedCalendar>>,
): HolidayStretch | null {
  if (!onHoliday) return null;
  const teams = onHoliday.of.flatMap((name) => {
    const resolved = calendars[name];
    return resolved === undefined ? [] : [{ name, holidayAt: compileHolidayAt(resolved) }];
  });
  return {
    factor: onHoliday.factor,
    holidayAt(at) {
      for (const { name, holidayAt } of teams) {
        const holiday = holidayAt(at);
        if (holiday !== null) return holiday === '' ? name : `${name} (${holiday})`;
      }
      return null;
    },
  };
}
