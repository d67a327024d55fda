import { intersect, union, type IntervalList } from './interval-list.js';
import { DAY_MS, type DayNumber } from './local-time.js';
import type { Instant } from './working-calendar.js';
import { localToInstant, type ZoneOffsets } from './zone-offsets.js';

/** When a calendar is open: what the index is built from, for one set of hours or for a composition. */
export interface Openings {
  /** The zone business days are counted in. */
  readonly zone: ZoneOffsets;
  /** Open and never closed: no index is needed. */
  readonly always: boolean;
  /** Outside this span no single date is named, so that ten years without an opening there mean never. Null: nowhere is one named. */
  readonly named: { readonly from: Instant; readonly to: Instant } | null;
  /** The open intervals cut to `[from, to)`. */
  intervals(from: Instant, to: Instant): IntervalList;
  /** Whether hours that belong to this date leave any time open. */
  isBusinessDay(day: DayNumber): boolean;
  /** The last closing of the hours that belong to this date; null where it is no business day. */
  lastClose(day: DayNumber): Instant | null;
}

/** Open when any member is. A business day of any member is one. */
export function anyOf(members: readonly Openings[], zone: ZoneOffsets): Openings {
  return {
    zone,
    always: members.some((member) => member.always),
    named: hull(members),
    intervals: (from, to) => union(members.map((member) => member.intervals(from, to))),
    isBusinessDay: (day) => members.some((member) => member.isBusinessDay(day)),
    lastClose: (day) =>
      members.reduce<Instant | null>((latest, member) => {
        const close = member.lastClose(day);
        return close === null || (latest !== null && latest >= close) ? latest : close;
      }, null),
  };
}

/** Open when all members are. A business day is one of every member, on which they are open together. */
export function allOf(members: readonly Openings[], zone: ZoneOffsets): Openings {
  const intervals = (from: Instant, to: Instant): IntervalList =>
    members.map((member) => member.intervals(from, to)).reduce((all, next) => intersect(all, next), [from, to]);
  const lastClose = (day: DayNumber): Instant | null => {
    if (!members.every((member) => member.isBusinessDay(day))) return null;
    const toInstant = localToInstant(zone, day * DAY_MS, (day + 1) * DAY_MS);
    return intervals(toInstant(day * DAY_MS), toInstant((day + 1) * DAY_MS)).at(-1) ?? null;
  };
  return {
    zone,
    always: members.every((member) => member.always),
    named: hull(members),
    intervals,
    isBusinessDay: (day) => lastClose(day) !== null,
    lastClose,
  };
}

function hull(members: readonly Openings[]): Openings['named'] {
  const spans = members.flatMap((member) => (member.named === null ? [] : [member.named]));
  if (spans.length === 0) return null;
  return { from: Math.min(...spans.map((span) => span.from)), to: Math.max(...spans.map((span) => span.to)) };
}
