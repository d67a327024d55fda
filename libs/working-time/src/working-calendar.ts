/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/**
 * A compiled calendar: open intervals `[open, close)` on the time line. Every function is pure; instants are epoch ms, durations real
 * elapsed ms inside open hours. `null` means that the calendar never opens (closes) again on that side.
 */
export interface WorkingCalendar {
  /** Names the calendar in explanations; never empty. */
  readonly name: string;
  isOpen(at: Instant): boolean;
  /** Open milliseconds in `[from, to)`. `to < from` is a bug of the caller and throws RangeError. */
  worked(from: Instant, to: Instant): number;
  /** The earliest t ≥ start with `worked(start, t) = work`; `start` itself for work 0. Throws RangeError where it never comes. */
  deadline(start: Instant, work: number): Instant;
  /** The latest t ≤ end with `worked(t, end) = work`; `end` itself for work 0. Throws RangeError where it never was. */
  latestStart(end: Instant, work: number): Instant;
  /** `at` itself if open, else the next opening. */
  nextOpen(at: Instant): Instant | null;
  /** The end of the open stretch that contains `at`, or of the next one. */
  nextClose(at: Instant): Instant | null;
  /** The latest end of an open stretch that is ≤ `at`. */
  previousClose(at: Instant): Instant | null;
  /** The first opening strictly after `at`. */
  nextOpeningAfter(at: Instant): Instant | null;
  /**
   * The same local time `days` open local dates after `start`, moved to the next opening if closed there; with `endOfDay`, the last
   * closing of that date (SLA-SEMANTICS §2).
   */
  addBusinessDays(start: Instant, days: number, options?: { readonly endOfDay?: boolean }): Instant;
  /** The open intervals that meet `[from, to)`, cut to it, in order; touching ones are one. */
  openIntervals(from: Instant, to: Instant): readonly { readonly from: Instant; readonly to: Instant }[];
}
