import type { CoverageDecision, Instant, PriorityDecision, TicketEvent } from '@punctual/contracts';
import type { TicketState } from '@punctual/sla-engine';

/** When time next changes something on a ticket, and how far behind the watermark its source's time is then read. */
export interface Timer {
  /** Epoch ms. */
  readonly wakeAt: Instant;
  readonly settleMs: number;
}

/**
 * A ticket as the service stores it: the engine's state, the decisions as now known, and how far the log has been folded. There is one of a ticket
 * at a time, which changes; it is not to be copied by spreading, since what was read of it may not have been parsed yet (`StoredTicket`).
 */
export interface TicketRow {
  readonly source: string;
  readonly ticket: string;
  /** Fixed by the ticket's first record. */
  readonly policy: string;
  /** Null before the first fold. */
  policyVersion: string | null;
  settleMs: number;
  /** Whose priorities it has, as of its last fold; null before the first. */
  scheme: string | null;
  state: TicketState | null;
  priorityHistory: readonly PriorityDecision[];
  coverageHistory: readonly CoverageDecision[];
  revision: number;
  /** The revision whose decisions the database has; null where it has no row of the ticket. */
  storedRevision: number | null;
  /** Events dated up to and including this are folded, if they do not stand behind `foldedOffset` in the log; null before the first fold. */
  foldedUpTo: Instant | null;
  duesBefore: Instant | null;
  /** How far the log was known to the last fold, as an offset; −1 before it. */
  foldedOffset: number;
  wakeAt: Instant | null;
  /** The timer that the database has of it; null where it has none. */
  storedTimer: Timer | null;
  /** Why the ticket cannot be folded; null while it can. */
  quarantined: string | null;
  /** When it is sealed if nothing more is heard of it; null while it is open. */
  sealAt: Instant | null;
  /** Since when, in its source's time, its verdicts are all that is kept; null while its timeline is there. */
  sealedAt: Instant | null;
  /** Its recorded events lie from here … */
  firstEventAt: Instant | null;
  /** … to here, but for those that came after the last fold. */
  lastEventAt: Instant | null;
  /** What was published about it lies from here … */
  firstPublishedAt: Instant | null;
  /** … to here. */
  lastPublishedAt: Instant | null;
}

/** A ticket of which the database has nothing, and nothing is known yet. */
export function newTicketRow({
  source,
  ticket,
  policy,
  settleMs,
}: Pick<TicketRow, 'source' | 'ticket' | 'policy' | 'settleMs'>): TicketRow {
  return {
    source,
    ticket,
    policy,
    policyVersion: null,
    settleMs,
    scheme: null,
    state: null,
    priorityHistory: [],
    coverageHistory: [],
    revision: -1,
    storedRevision: null,
    foldedUpTo: null,
    duesBefore: null,
    foldedOffset: -1,
    wakeAt: null,
    storedTimer: null,
    quarantined: null,
    sealAt: null,
    sealedAt: null,
    firstEventAt: null,
    lastEventAt: null,
    firstPublishedAt: null,
    lastPublishedAt: null,
  };
}

/** The timer of a ticket; null where time changes nothing on it, and while it is quarantined. */
export function timerOf({ wakeAt, settleMs, quarantined }: TicketRow): Timer | null {
  return wakeAt === null || quarantined !== null ? null : { wakeAt, settleMs };
}

/** The instants from the earliest to the latest of a row and of others. */
export function widened(
  from: Instant | null,
  until: Instant | null,
  instants: readonly Instant[],
): { readonly from: Instant | null; readonly until: Instant | null } {
  let [first, last] = [from, until];
  for (const at of instants) {
    first = Math.min(first ?? at, at);
    last = Math.max(last ?? at, at);
  }
  return { from: first, until: last };
}

/** An event with its place in the log. */
export interface PlacedEvent {
  readonly event: TicketEvent;
  readonly offset: number;
  /** The trace it came with; known only where the event did not have to be read from the database again. */
  readonly traceparent?: string | null;
}

/** Unambiguous: a source may contain any separator that is printable. */
export function ticketKey(source: string, ticket: string): string {
  return `${source}\u0000${ticket}`;
}

/** The ticket that a key was made of. */
export function idOfKey(key: string): { readonly source: string; readonly ticket: string } {
  const at = key.indexOf('\u0000');
  return { source: key.slice(0, at), ticket: key.slice(at + 1) };
}
