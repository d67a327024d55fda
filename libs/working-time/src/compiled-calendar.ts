import { DAY_MS } from './local-time.js';
import { OpeningIndex } from './opening-index.js';
import type { Openings } from './openings.js';
import type { Instant, WorkingCalendar } from './working-calendar.js';
import { localToInstant } from './zone-offsets.js';

/** A calendar that does not open for this long, where no single date is named beyond, never opens (SLA-SEMANTICS §2). */
export const LONGEST_CLOSED_MS = 3_653 * DAY_MS;

/** The instants a calendar can be asked about: the years 1000 to 3999. */
export const FIRST_INSTANT = Date.UTC(1000, 0, 1);
export const LAST_INSTANT = Date.UTC(4000, 0, 1);

/** How much is indexed around the first instant asked about. Each growth then doubles the index. */
const FIRST_SPAN_MS = 45 * DAY_MS;
const MARGIN_MS = 8 * DAY_MS;
/** A caller who goes to and fro between far years pays for the years between once, instead of for a new index each time. */
const MOST_JUMPS = 3;

/**
 * A calendar over an index that grows on demand, in both directions. Looking up is pure: the index is a cache of what the openings
 * answer, and nothing a caller can see depends on which part of it exists.
 */
export class CompiledCalendar implements WorkingCalendar {
  private index: OpeningIndex;
  private jumps = 0;

  constructor(
    readonly name: string,
    private readonly openings: Openings,
  ) {
    this.index = new OpeningIndex(0, 0, []);
  }

  isOpen(at: Instant): boolean {
    const index = this.indexAt(at);
    return index.opensAt(index.find(at)) <= at;
  }

  worked(from: Instant, to: Instant): number {
    if (!(from <= to)) throw new RangeError(`worked(from, to) needs from ≤ to, and instants: got ${from} and ${to}`);
    let index = this.index;
    if (!(from >= index.from && to < index.to)) index = this.cover(from, to);
    return index.workedUntil(to) - index.workedUntil(from);
  }

  deadline(start: Instant, work: number): Instant {
    if (!(work >= 0)) throw new RangeError(`work is a number of ms, 0 or more: got ${work}`);
    let index = this.indexAt(start);
    if (work === 0) return start;
    let target = index.workedUntil(start) + work;
    while (target > index.total) {
      index = this.growForward(index, start, work);
      target = index.workedUntil(start) + work;
    }
    return index.earliest(target);
  }

  latestStart(end: Instant, work: number): Instant {
    if (!(work >= 0)) throw new RangeError(`work is a number of ms, 0 or more: got ${work}`);
    let index = this.indexAt(end);
    if (work === 0) return end;
    let target = index.workedUntil(end) - work;
    while (target < 0) {
      index = this.growBackward(index, end, work);
      target = index.workedUntil(end) - work;
    }
    return index.latest(target);
  }

  nextOpen(at: Instant): Instant | null {
    const index = this.indexAt(at);
    const i = index.find(at);
    return index.opensAt(i) <= at ? at : this.firstEdge(at, i, index, (found, k) => found.opensAt(k));
  }

  nextClose(at: Instant): Instant | null {
    const index = this.indexAt(at);
    // What ends at the edge of the index may go on beyond it.
    return this.firstEdge(at, index.find(at), index, (found, k) =>
      found.closesAt(k) < found.to ? found.closesAt(k) : Infinity,
    );
  }

  nextOpeningAfter(at: Instant): Instant | null {
    const index = this.indexAt(at);
    const i = index.find(at);
    return this.firstEdge(at, i, index, (found, k) =>
      found.opensAt(k) > at ? found.opensAt(k) : found.opensAt(k + 1),
    );
  }

  previousClose(at: Instant): Instant | null {
    let index = this.indexAt(at);
    for (;;) {
      // The interval before the first that ends after `at` is the last that ended by then.
      const i = index.find(at) - 1;
      if (i >= 0) return index.closesAt(i);
      const larger = this.larger(index, index.from - this.step(index), index.to, this.quietBefore(at));
      if (larger === null) return null;
      index = larger;
    }
  }

  openIntervals(from: Instant, to: Instant): { from: Instant; to: Instant }[] {
    if (!(from <= to))
      throw new RangeError(`openIntervals(from, to) needs from ≤ to, and instants: got ${from} and ${to}`);
    return this.cover(from, to).between(from, to);
  }

  addBusinessDays(start: Instant, days: number, options: { readonly endOfDay?: boolean } = {}): Instant {
    if (!Number.isInteger(days) || days < 0)
      throw new RangeError(`business days are a whole number, 0 or more: got ${days}`);
    assertInstant(start);
    const local = start + this.openings.zone.offsetAt(start);
    const first = Math.floor(local / DAY_MS);
    const day = this.businessDay(first, days);
    if (options.endOfDay === true) return this.endOfDay(day, start);
    // Day 0 is the start's own date, where its local time is the start itself, also on the second pass of a repeated hour.
    const target = day === first ? start : this.toInstant(day, local - first * DAY_MS);
    const opening = this.nextOpen(target);
    if (opening === null) throw this.neverOpens(target);
    return opening;
  }

  private businessDay(first: number, days: number): number {
    let day = first;
    let closed = 0;
    for (let left = days; left > 0;) {
      day += 1;
      closed += 1;
      if (this.openings.isBusinessDay(day)) {
        left -= 1;
        closed = 0;
      }
      if (closed * DAY_MS > LONGEST_CLOSED_MS && day * DAY_MS > this.quietAfter(first * DAY_MS))
        throw this.neverOpens(day * DAY_MS);
      assertInstant(day * DAY_MS);
    }
    return day;
  }

  /** The last closing of a date; a later business day's where the date is none or has closed before `start`. */
  private endOfDay(first: number, start: Instant): Instant {
    const limit = this.quietAfter(first * DAY_MS);
    for (let day = first; day * DAY_MS <= limit; day += 1) {
      const close = this.openings.lastClose(day);
      if (close !== null && close >= start) return close;
    }
    throw this.neverOpens(start);
  }

  private toInstant(day: number, timeOfDay: number): Instant {
    const local = day * DAY_MS + timeOfDay;
    return localToInstant(this.openings.zone, local, local)(local);
  }

  /** The first edge at or after interval `i`, growing the index until it is known. */
  private firstEdge(
    at: Instant,
    i: number,
    index: OpeningIndex,
    edge: (index: OpeningIndex, i: number) => Instant,
  ): Instant | null {
    let found = edge(index, i);
    let current = index;
    while (found === Infinity) {
      const larger = this.larger(current, current.from, current.to + this.step(current), this.quietAfter(at));
      if (larger === null) return null;
      current = larger;
      found = edge(current, current.find(at));
    }
    return found;
  }

  private indexAt(at: Instant): OpeningIndex {
    const { index } = this;
    return at >= index.from && at < index.to ? index : this.cover(at, at);
  }

  /** An index in which both instants can be looked up. */
  private cover(from: Instant, to: Instant): OpeningIndex {
    assertInstant(from);
    assertInstant(to);
    const { index } = this;
    if (from >= index.from && to < index.to) return index;
    const empty = index.to === index.from;
    const left = empty || from < index.from ? from - MARGIN_MS : index.from;
    const right = empty || to >= index.to ? to + FIRST_SPAN_MS : index.to;
    if (empty) return this.rebuild(left, right);
    // A far jump begins anew there: what lies between is not paid for unless a question spans it.
    const gap = Math.max(index.from - to, from - index.to);
    if (gap > 4 * DAY_MS * 366 && gap > index.to - index.from && this.jumps < MOST_JUMPS) {
      this.jumps += 1;
      return this.rebuild(from - MARGIN_MS, to + FIRST_SPAN_MS);
    }
    return this.rebuild(
      left < index.from ? Math.min(left, index.from - this.step(index)) : left,
      right > index.to ? Math.max(right, index.to + this.step(index)) : right,
    );
  }

  private step(index: OpeningIndex): number {
    return Math.max(FIRST_SPAN_MS, index.to - index.from);
  }

  private rebuild(from: Instant, to: Instant): OpeningIndex {
    const first = Math.max(from, FIRST_INSTANT);
    const last = Math.min(to, LAST_INSTANT);
    this.index = new OpeningIndex(first, last, this.openings.intervals(first, last));
    return this.index;
  }

  /** A larger index, or null where everything up to the limits is indexed already. */
  private larger(index: OpeningIndex, from: Instant, to: Instant, limit: Instant): OpeningIndex | null {
    const first = Math.max(from, Math.min(limit, index.from), FIRST_INSTANT);
    const last = Math.min(to, Math.max(limit, index.to), LAST_INSTANT);
    return first >= index.from && last <= index.to ? null : this.rebuild(first, last);
  }

  private growForward(index: OpeningIndex, start: Instant, work: number): OpeningIndex {
    if (start + work >= LAST_INSTANT)
      throw new RangeError(`${work} ms of work after ${text(start)} would end after the year 3999`);
    const opened = index.size > 0 ? index.closesAt(index.size - 1) : start;
    const larger = this.larger(
      index,
      index.from,
      index.to + this.step(index),
      this.quietAfter(Math.max(opened, start)),
    );
    if (larger === null) throw new RangeError(`'${this.name}' never opens for ${work} ms after ${text(start)}`);
    return larger;
  }

  private growBackward(index: OpeningIndex, end: Instant, work: number): OpeningIndex {
    if (end - work < FIRST_INSTANT)
      throw new RangeError(`${work} ms of work before ${text(end)} would start before the year 1000`);
    const opened = index.size > 0 ? index.opensAt(0) : end;
    const larger = this.larger(index, index.from - this.step(index), index.to, this.quietBefore(Math.min(opened, end)));
    if (larger === null) throw new RangeError(`'${this.name}' was never open for ${work} ms before ${text(end)}`);
    return larger;
  }

  private quietAfter(at: Instant): Instant {
    return Math.max(at, this.openings.named?.to ?? at) + LONGEST_CLOSED_MS;
  }

  private quietBefore(at: Instant): Instant {
    return Math.min(at, this.openings.named?.from ?? at) - LONGEST_CLOSED_MS;
  }

  private neverOpens(at: Instant): RangeError {
    return new RangeError(`'${this.name}' never opens within ten years of ${text(at)}`);
  }
}

function assertInstant(at: Instant): void {
  if (!(at >= FIRST_INSTANT && at < LAST_INSTANT)) {
    throw new RangeError(`an instant is a number of ms in the years 1000 to 3999: got ${at}`);
  }
}

function text(at: Instant): string {
  return new Date(at).toISOString();
}
