/** How long a promise allows: working time, or a number of business days (`addBusinessDays`). */
export type Duration =
  | { readonly kind: 'work'; readonly ms: number; readonly text: string }
  | { readonly kind: 'businessDays'; readonly days: number; readonly endOfDay: boolean; readonly text: string };

export interface DurationProblem {
  readonly code: 'invalid_duration';
  readonly detail: string;
}

export type ParsedDuration = Duration | { readonly problem: DurationProblem };

const unitMs = { h: 3_600_000, m: 60_000, s: 1_000 } as const;

/**
 * Reads `4h`, `30m`, `1h30m`, `90s` (working time) or `2 business days`, `1 business day (end of day)`. A day is never working time:
 * how long one is depends on the calendar. Returns the problem where the text is no duration, or none at all (0).
 */
export function parseDuration(written: string): ParsedDuration {
  const text = written.trim();
  const days = /^(\d{1,4}) business days?( \(end of day\))?$/i.exec(text);
  if (days !== null) {
    const count = Number(days[1]);
    const endOfDay = days[2] !== undefined;
    // "0 business days (end of day)" is the end of the same day; without it, it promises nothing.
    return count === 0 && !endOfDay ? problem(text) : { kind: 'businessDays', days: count, endOfDay, text };
  }
  const parts = /^(?:(\d{1,6})h)? ?(?:(\d{1,6})m)? ?(?:(\d{1,8})s)?$/i.exec(text);
  if (parts === null) return problem(text);
  const ms = Number(parts[1] ?? 0) * unitMs.h + Number(parts[2] ?? 0) * unitMs.m + Number(parts[3] ?? 0) * unitMs.s;
  return ms > 0 ? { kind: 'work', ms, text } : problem(text);
}

function problem(text: string): ParsedDuration {
  const hint = /\bd(ays?)?\b|\dd\b/i.test(text)
    ? " A day's length depends on the calendar: write hours, or business days."
    : '';
  return {
    problem: {
      code: 'invalid_duration',
      detail: `'${text.slice(0, 60)}' is no duration; write 4h, 30m, 1h30m, 90s, 2 business days or 1 business day (end of day).${hint}`,
    },
  };
}
