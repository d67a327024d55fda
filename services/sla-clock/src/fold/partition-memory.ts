import type { Horizon, Instant, KnownWords, TicketEvent, Watermark } from '@punctual/contracts';
import { horizonOf, withoutPeople } from '@punctual/contracts';
import type { TicketSpan } from '../storage/ticket-store.js';
import { DeskSurges } from './desk-surges.js';
import { MinHeap } from './min-heap.js';
import type { TicketWalk } from './ticket-walk.js';
import { ticketKey, type PlacedEvent, type TicketRow } from './ticket-row.js';
import { TicketRows } from './ticket-rows.js';

/** Timers are read from the database this far ahead of the watermark, ms. */
const TIMER_LOOKAHEAD_MS = 5 * 60_000;

/** The most event bodies kept for tickets that wait; beyond it they are read again when they are folded. */
const MOST_PENDING_BODIES = 50_000;

/** The most ticket rows kept between batches, and between the rounds of one fold; some 3 KB each. */
const MOST_ROWS = 1_000;

/** A ticket with events that are recorded and not folded. */
interface Pending {
  /** The earliest of them, epoch ms. */
  firstAt: Instant;
  /** The latest of them. */
  lastAt: Instant;
  /** The lowest log offset among them. */
  fromOffset: number;
  /** Null where they were too many to keep. */
  events: PlacedEvent[] | null;
}

interface Timer {
  readonly at: Instant;
  readonly key: string;
}

/** Tickets of a source whose policies settle alike: they share a horizon. */
interface TimerGroup {
  readonly pending: MinHeap<Timer>;
  readonly wakes: MinHeap<Timer>;
}

interface SourceTimers {
  wakesLoadedUntil: Instant;
  readonly groups: Map<number, TimerGroup>;
}

/** What has to be folded under a watermark. */
export interface DueTickets {
  readonly horizon: Horizon;
  readonly mode: 'live' | 'historical';
  readonly keys: readonly string[];
}

/** What is known of a partition's time in the database. */
export interface StoredTime {
  readonly watermark: Watermark | null;
  readonly watermarkOffset: number;
  readonly nextSeq: number;
}

/**
 * What one spell of ownership keeps in memory of a partition: ticket rows, events that wait for their watermark, and timers. All of it
 * can be read again from the database, and is after every reassignment or rolled back batch.
 */
export class PartitionMemory {
  readonly rows = new TicketRows();
  readonly pending = new Map<string, Pending>();
  /** Dead letters about tickets that nobody has dealt with, by ticket key: what is said of these says that something is missing. */
  readonly incomplete = new Map<string, Set<string>>();
  /** What there is to walk through, in the order of their instants. */
  ticketWalks: TicketWalk[] = [];
  /** Since when there is something to walk through, on the process's own monotonic clock, ms; null where there is nothing. */
  walksSince: number | null = null;
  /** The last record taken in this spell, by its offset; −1 before the first. */
  takenUpTo = -1;
  /** The surges that the log has told of so far. */
  readonly surges = new DeskSurges();
  watermark: Watermark | null;
  watermarkOffset: number;
  nextSeq: number;
  /** The watermark time that the database has. */
  savedAt: Instant;
  /** From this watermark time on, tickets to be sealed are looked for again. */
  sealsAt: Instant = Number.NEGATIVE_INFINITY;
  /** Tickets that only time has moved since they were saved last. */
  private readonly passed = new Set<string>();
  private readonly wakes = new Map<string, Instant>();
  private readonly sources = new Map<string, SourceTimers>();
  private bodies = 0;

  constructor(stored: StoredTime | null) {
    this.watermark = stored?.watermark ?? null;
    this.watermarkOffset = stored?.watermarkOffset ?? -1;
    this.nextSeq = stored?.nextSeq ?? 0;
    this.savedAt = stored?.watermark?.at ?? Number.NEGATIVE_INFINITY;
  }

  /** A source whose tickets have timers in the database. */
  addSource(source: string): void {
    this.timersOf(source);
  }

  addPending(row: TicketRow, placed: PlacedEvent): void {
    const key = ticketKey(row.source, row.ticket);
    const { occurredAt } = placed.event;
    this.passed.delete(key);
    const waiting = this.pending.get(key);
    if (waiting === undefined) {
      this.pending.set(key, { firstAt: occurredAt, lastAt: occurredAt, fromOffset: placed.offset, events: [placed] });
      this.bodies += 1;
      this.groupOf(row.source, row.settleMs).pending.push({ at: occurredAt, key });
    } else {
      if (waiting.events !== null) {
        waiting.events.push(placed);
        this.bodies += 1;
      }
      waiting.fromOffset = Math.min(waiting.fromOffset, placed.offset);
      waiting.lastAt = Math.max(waiting.lastAt, occurredAt);
      if (occurredAt < waiting.firstAt) {
        waiting.firstAt = occurredAt;
        this.groupOf(row.source, row.settleMs).pending.push({ at: occurredAt, key });
      }
    }
    if (this.bodies > MOST_PENDING_BODIES) this.forgetBodies();
  }

  /** A ticket that waits, as the database tells it at the start of a spell. */
  addStoredPending(ticket: Omit<Pending, 'events'> & { source: string; ticket: string; settleMs: number }) {
    const key = ticketKey(ticket.source, ticket.ticket);
    const { firstAt, lastAt, fromOffset } = ticket;
    this.pending.set(key, { firstAt, lastAt, fromOffset, events: null });
    this.groupOf(ticket.source, ticket.settleMs).pending.push({ at: ticket.firstAt, key });
  }

  /** A ticket that comes out of quarantine: everything recorded since its last fold waits again. */
  addParked(row: TicketRow, { occurredAt, offset }: { readonly occurredAt: Instant; readonly offset: number }): void {
    this.keepPending(row, []);
    // How late what was parked happened is not known before it is read.
    const [firstAt, lastAt] = [occurredAt, Number.MAX_SAFE_INTEGER];
    const { source, ticket, settleMs } = row;
    const fromOffset = Math.min(row.foldedOffset + 1, offset);
    this.addStoredPending({ source, ticket, settleMs, firstAt, lastAt, fromOffset });
  }

  /** False where the letter is known already. */
  openLetter(key: string, letter: string): boolean {
    const letters = this.incomplete.get(key) ?? new Set();
    if (letters.has(letter)) return false;
    this.incomplete.set(key, letters.add(letter));
    return true;
  }

  /** False where the letter is not known. */
  closeLetter(key: string, letter: string): boolean {
    const letters = this.incomplete.get(key);
    if (letters?.delete(letter) !== true) return false;
    if (letters.size === 0) this.incomplete.delete(key);
    return true;
  }

  /** Replaces what waits for a ticket by what is still ahead of it. */
  keepPending(row: TicketRow, remaining: readonly PlacedEvent[]): void {
    const key = ticketKey(row.source, row.ticket);
    const waiting = this.pending.get(key);
    this.bodies -= waiting?.events?.length ?? 0;
    this.pending.delete(key);
    for (const placed of remaining) this.addPending(row, placed);
  }

  /** What waits for a ticket is rewritten without people, as its timeline is. */
  forgetPeople(key: string, known: KnownWords): void {
    const waiting = this.pending.get(key);
    if (waiting === undefined || waiting.events === null) return;
    waiting.events = waiting.events.map((placed) => ({ ...placed, event: withoutPeople(placed.event, known) }));
  }

  /** Where in time the recorded events of a ticket lie. */
  timelineOf(row: TicketRow): TicketSpan {
    const { source, ticket, firstEventAt, lastEventAt } = row;
    const waiting = this.pending.get(ticketKey(source, ticket));
    return {
      source,
      ticket,
      from: firstEventAt ?? Number.MIN_SAFE_INTEGER,
      until: Math.max(lastEventAt ?? Number.MIN_SAFE_INTEGER, waiting?.lastAt ?? Number.MIN_SAFE_INTEGER),
    };
  }

  /** The lowest offset of an event that waits; null where none does. Where to look for them after a restart. */
  pendingFrom(): number | null {
    let from: number | null = null;
    for (const { fromOffset } of this.pending.values()) from = from === null ? fromOffset : Math.min(from, fromOffset);
    return from;
  }

  /** Sets or clears the timer of a ticket; what lies beyond the loaded stretch is left to the database. */
  setWake(row: TicketRow): void {
    const key = ticketKey(row.source, row.ticket);
    const at = row.quarantined === null ? row.wakeAt : null;
    if (at === null) {
      this.wakes.delete(key);
      return;
    }
    const { wakesLoadedUntil } = this.timersOf(row.source);
    if (at >= wakesLoadedUntil && wakesLoadedUntil !== Number.NEGATIVE_INFINITY) {
      this.wakes.delete(key);
      return;
    }
    this.addWake(key, row.source, row.settleMs, at);
  }

  /** A timer as the database has it; a row in memory knows better. */
  addStoredWake(ticket: { source: string; ticket: string; settleMs: number; wakeAt: Instant }): void {
    const key = ticketKey(ticket.source, ticket.ticket);
    if (!this.rows.has(key)) this.addWake(key, ticket.source, ticket.settleMs, ticket.wakeAt);
  }

  /** The stretches of timers to be read before `watermark` is folded: per source, from one instant up to another. */
  stretchesToLoad(watermark: Watermark): { source: string; from: Instant; until: Instant }[] {
    const stretches: { source: string; from: Instant; until: Instant }[] = [];
    for (const [source, timers] of this.sources) {
      let duesBefore = horizonOf(watermark, source, 0).duesBefore;
      for (const settleMs of timers.groups.keys()) {
        duesBefore = Math.max(duesBefore, horizonOf(watermark, source, settleMs).duesBefore);
      }
      if (duesBefore < timers.wakesLoadedUntil) continue;
      const until = duesBefore + TIMER_LOOKAHEAD_MS;
      stretches.push({ source, from: timers.wakesLoadedUntil, until });
    }
    return stretches;
  }

  /** The database's timers of a stretch have been added; those of rows that it does not have yet follow. */
  stretchLoaded(source: string, until: Instant): void {
    const timers = this.timersOf(source);
    timers.wakesLoadedUntil = until;
    for (const [key, row] of this.rows) {
      if (row.source !== source || row.wakeAt === null || row.wakeAt >= until || row.quarantined !== null) continue;
      this.addWake(key, source, row.settleMs, row.wakeAt);
    }
  }

  /** Takes what is due under `watermark` out of the timers, grouped by horizon. */
  takeDue(watermark: Watermark): DueTickets[] {
    const due: DueTickets[] = [];
    for (const [source, { groups }] of this.sources) {
      const mode = watermark.sources[source]?.mode ?? 'live';
      for (const [settleMs, group] of groups) {
        const horizon = horizonOf(watermark, source, settleMs);
        const keys = new Set<string>();
        for (let top = group.pending.peek(); top && top.at <= horizon.eventsUpTo; top = group.pending.peek()) {
          group.pending.pop();
          if (this.pending.get(top.key)?.firstAt === top.at) keys.add(top.key);
        }
        for (let top = group.wakes.peek(); top && top.at < horizon.duesBefore; top = group.wakes.peek()) {
          group.wakes.pop();
          if (this.wakes.get(top.key) !== top.at) continue;
          this.wakes.delete(top.key);
          keys.add(top.key);
        }
        if (keys.size > 0) due.push({ horizon, mode, keys: [...keys] });
      }
    }
    return due;
  }

  get armed(): number {
    return this.wakes.size;
  }

  get isFull(): boolean {
    return this.rows.size > MOST_ROWS;
  }

  /** A ticket was folded because its time had come, and nothing had happened on it: it is not kept beyond the next save. */
  letPass(key: string): void {
    this.passed.add(key);
  }

  /**
   * Called when every row is saved. Tickets that only time has moved are let go, since nothing says that they will be asked for again soon, and
   * the rows used longest ago make room; but not those of `kept` tickets.
   */
  trim(kept: ReadonlySet<string>): void {
    for (const key of this.passed) if (!kept.has(key)) this.rows.delete(key);
    this.passed.clear();
    for (const key of this.rows.keys()) {
      if (!this.isFull) return;
      if (!kept.has(key)) this.rows.delete(key);
    }
  }

  /** Marks a row as used last. */
  touch(key: string, row: TicketRow): void {
    this.rows.delete(key);
    this.rows.set(key, row);
  }

  private addWake(key: string, source: string, settleMs: number, at: Instant): void {
    if (this.wakes.get(key) === at) return;
    this.wakes.set(key, at);
    this.groupOf(source, settleMs).wakes.push({ at, key });
  }

  private forgetBodies(): void {
    for (const waiting of this.pending.values()) waiting.events = null;
    this.bodies = 0;
  }

  private timersOf(source: string): SourceTimers {
    let timers = this.sources.get(source);
    if (!timers) {
      timers = { wakesLoadedUntil: Number.NEGATIVE_INFINITY, groups: new Map() };
      this.sources.set(source, timers);
    }
    return timers;
  }

  private groupOf(source: string, settleMs: number): TimerGroup {
    const { groups } = this.timersOf(source);
    let group = groups.get(settleMs);
    if (!group) groups.set(settleMs, (group = { pending: new MinHeap(), wakes: new MinHeap() }));
    return group;
  }
}

/** When a ticket was created as far as these events say: the earliest claim, or the earliest event. Epoch ms. */
export function creationOf(events: readonly TicketEvent[]): Instant {
  let claimed: Instant | null = null;
  let first = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const claims = [event.data.ticket?.createdAt, event.type === 'ticket.created' ? event.occurredAt : undefined];
    for (const claim of claims) if (claim !== undefined) claimed = Math.min(claimed ?? claim, claim);
    first = Math.min(first, event.occurredAt);
  }
  return claimed ?? first;
}
