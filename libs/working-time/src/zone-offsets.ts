import { DAY_MS } from './local-time.js';
import type { Instant } from './working-calendar.js';

/** A change of a zone's offset from UTC: from `at` on, local time is `at + after`. All in ms. */
export interface ZoneTransition {
  readonly at: Instant;
  readonly before: number;
  readonly after: number;
}

/** What a calendar must know of a zone. */
export interface ZoneOffsets {
  readonly zone: string;
  /** Local time minus UTC at an instant, ms. */
  offsetAt(at: Instant): number;
  /** The transitions in `[from, to)`, in order. */
  transitions(from: Instant, to: Instant): readonly ZoneTransition[];
}

/** No zone has ever been further than this from UTC (Manila and Alaska came close to 16 hours). */
export const MAX_OFFSET_MS = 16 * 3_600_000;

/**
 * Offsets are probed this far apart and every difference is bisected to its exact second. In the whole time zone database the
 * shortest time between two transitions that undo each other is 4 days (Freetown 1939), then just under 7 (Brazil 2000, Gaza).
 */
const PROBE_MS = 3 * DAY_MS;
/** Transitions are found and kept a chunk at a time, so that asking about one season never scans another. */
const CHUNK_MS = 30 * PROBE_MS;
/** Zones change at whole seconds. */
const SECOND_MS = 1_000;

const zones = new Map<string, ZoneOffsets>();

/** The offsets of an IANA zone, as this runtime's time zone data knows them; null where it knows no such zone. */
export function intlZone(name: string): ZoneOffsets | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const format = zoneFormat(name);
  if (format === null) return null;
  const zone = new IntlZone(name, format);
  // Names come in many spellings ("europe/berlin"); a bound keeps a hostile caller from growing the map for ever.
  if (zones.size >= 2_000) zones.clear();
  zones.set(name, zone);
  return zone;
}

function zoneFormat(name: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, hour: 'numeric', timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
}

class IntlZone implements ZoneOffsets {
  private readonly chunks = new Map<number, readonly ZoneTransition[]>();

  constructor(
    readonly zone: string,
    private readonly format: Intl.DateTimeFormat,
  ) {}

  /** `GMT+05:30` at the end of the text; whole GMT stands for 0; old offsets carry seconds. */
  offsetAt(at: Instant): number {
    const text = this.format.format(at);
    const match = /GMT(?:([+-\u2212])(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?)?$/.exec(text);
    if (match === null)
      throw new Error(`the runtime writes the offset of ${this.zone} as '${text}', which cannot be read`);
    const size = ((Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 60 + Number(match[4] ?? 0)) * 1000;
    return match[1] === '+' || size === 0 ? size : -size;
  }

  transitions(from: Instant, to: Instant): readonly ZoneTransition[] {
    const first = Math.floor(from / CHUNK_MS);
    const last = Math.floor((to - 1) / CHUNK_MS);
    const found: ZoneTransition[] = [];
    for (let chunk = first; chunk <= last; chunk += 1) {
      for (const transition of this.chunk(chunk)) {
        if (transition.at >= from && transition.at < to) found.push(transition);
      }
    }
    return found;
  }

  private chunk(index: number): readonly ZoneTransition[] {
    const known = this.chunks.get(index);
    if (known !== undefined) return known;
    const found: ZoneTransition[] = [];
    const start = index * CHUNK_MS;
    let before = this.offsetAt(start - SECOND_MS);
    // The transition at exactly `start` is this chunk's, so the first step begins one second before it.
    let left = start - SECOND_MS;
    for (let right = start + PROBE_MS - SECOND_MS; right < start + CHUNK_MS; right += PROBE_MS) {
      const after = this.offsetAt(right);
      if (after !== before) found.push({ at: this.bisect(left, right, before), before, after });
      before = after;
      left = right;
    }
    this.chunks.set(index, found);
    return found;
  }

  /** The first second in `(left, right]` (both whole seconds) whose offset is no longer `before`. */
  private bisect(left: Instant, right: Instant, before: number): Instant {
    let low = left;
    let high = right;
    while (high - low > SECOND_MS) {
      const middle = Math.floor((low + high) / (2 * SECOND_MS)) * SECOND_MS;
      if (this.offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** A zone whose offsets inside a horizon are stored, and whose offsets outside come from the runtime's time zone data. */
export interface StoredZone {
  readonly zone: string;
  readonly from: Instant;
  readonly to: Instant;
  /** The offset at `from`, ms. */
  readonly offset: number;
  /** The transitions in `(from, to)`. */
  readonly transitions: readonly ZoneTransition[];
}

/** What to store of a zone for a horizon. */
export function storeZone(zone: ZoneOffsets, from: Instant, to: Instant): StoredZone {
  return { zone: zone.zone, from, to, offset: zone.offsetAt(from), transitions: zone.transitions(from + 1, to) };
}

/**
 * The offsets of a stored zone. Where newer data differ, the two meet at the horizon's edge in a transition of their own: inside the
 * horizon nothing but what is stored decides.
 */
export function zoneFromStore(stored: StoredZone, outside: ZoneOffsets): ZoneOffsets {
  const { from, to, transitions } = stored;
  const atEnd = transitions.at(-1)?.after ?? stored.offset;
  const offsetAt = (at: Instant): number => {
    if (at < from || at >= to) return outside.offsetAt(at);
    let offset = stored.offset;
    for (const transition of transitions) {
      if (transition.at > at) break;
      offset = transition.after;
    }
    return offset;
  };
  const edge = (at: Instant, before: number, after: number): ZoneTransition[] =>
    before === after ? [] : [{ at, before, after }];
  return {
    zone: stored.zone,
    offsetAt,
    transitions(first, last) {
      const all = [
        ...(first < from ? outside.transitions(first, Math.min(last, from)) : []),
        ...edge(from, outside.offsetAt(from - 1), stored.offset),
        ...transitions,
        ...edge(to, atEnd, outside.offsetAt(to)),
        ...(last > to + 1 ? outside.transitions(Math.max(first, to + 1), last) : []),
      ];
      return all.filter((transition) => transition.at >= first && transition.at < last);
    },
  };
}

/**
 * A function from local time (ms on the wall clock) to the earliest instant whose local time has reached it, good for local times
 * in `[from, to]`. So a repeated local time is its first pass and a skipped one the instant the gap ends; the function never falls.
 */
export function localToInstant(zone: ZoneOffsets, from: number, to: number): (local: number) => Instant {
  const start = from - MAX_OFFSET_MS;
  const transitions = zone.transitions(start + 1, to + MAX_OFFSET_MS);
  const first = zone.offsetAt(start);
  if (transitions.length === 0) return (local) => local - first;
  // Segment k answers for the local times below reached[k] that no earlier one answers for: what has been on the clock by its end.
  const reached = new Float64Array(transitions.length);
  let highest = -Infinity;
  transitions.forEach((transition, k) => {
    highest = Math.max(highest, transition.at + transition.before);
    reached[k] = highest;
  });
  return (local) => {
    let low = 0;
    let high = transitions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (local < (reached[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    const previous = transitions[low - 1];
    return previous === undefined ? local - first : Math.max(previous.at, local - previous.after);
  };
}
