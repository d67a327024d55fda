import type { Instant } from '@punctual/contracts';

/** A calendar month in UTC as a stretch of epoch ms, `[start, end)`. */
export interface Month {
  /** `2026_03`; what lies before the first month is `before_2000`. */
  readonly name: string;
  /** Null: from the beginning of time. */
  readonly start: Instant | null;
  readonly end: Instant;
}

/**
 * No helpdesk's months begin earlier. All that is dated before shares one stretch, so that an event dated 1970 by mistake costs one
 * partition and a sender of arbitrary dates cannot make any number of them.
 */
const FIRST_YEAR = 2000;

/** The month that an instant lies in. */
export function monthOf(instant: Instant): Month {
  const date = new Date(instant);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  if (year < FIRST_YEAR) return { name: `before_${FIRST_YEAR}`, start: null, end: Date.UTC(FIRST_YEAR, 0) };
  return {
    name: `${year}_${String(month + 1).padStart(2, '0')}`,
    start: Date.UTC(year, month),
    end: Date.UTC(year, month + 1),
  };
}

/** The months that some instants lie in, each once, in order. */
export function monthsOf(instants: Iterable<Instant>): Month[] {
  const months = new Map<number, Month>();
  let last: Month | null = null;
  for (const instant of instants) {
    if (last !== null && instant < last.end && instant >= (last.start ?? Number.NEGATIVE_INFINITY)) continue;
    last = monthOf(instant);
    months.set(last.end, last);
  }
  return [...months.values()].sort((a, b) => a.end - b.end);
}

/** The month of a name that `monthOf` gives; null for other text. */
export function monthNamed(name: string): Month | null {
  const [, year, month] = /^(\d{4})_(\d\d)$/.exec(name) ?? [];
  const named = monthOf(year === undefined ? 0 : Date.UTC(Number(year), Number(month) - 1));
  return named.name === name ? named : null;
}

/** The month that follows another. */
export function monthAfter({ end }: Month): Month {
  return monthOf(end);
}
