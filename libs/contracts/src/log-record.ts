import type { ClassifiedEvent } from './classified-event.js';
import type { Instant } from './instant.js';
import type { TicketEvent } from './ticket-event.js';

/**
 * What the records of `tickets.received` and `tickets.classified` hold, told apart by `kind`. Control records (watermarks, config)
 * stand on every partition, in order with the events around them.
 */

/**
 * Time, as far as SLA clocks may know it: everything any intake acknowledged before `at` stands before this record in the log.
 * `sources` lists those whose time is behind `at`: a historical session (its declared progress) or an upstream with lag.
 */
export interface Watermark {
  readonly kind: 'watermark';
  readonly at: Instant;
  readonly sources: Readonly<Record<string, SourceTime>>;
}

export interface SourceTime {
  /** How far the source's own time has come, epoch ms; everything dated up to and including it has been sent. */
  readonly at: Instant;
  readonly mode: 'live' | 'historical';
}

/** A policy version became effective; the version itself is in PostgreSQL. */
export interface ConfigRecord {
  readonly kind: 'config';
  readonly policy: string;
  readonly version: string;
  readonly at: Instant;
}

/**
 * A record about a ticket was given up (`open`), or somebody has dealt with that (`resolved`: redriven or dismissed). In between the ticket is
 * incomplete, and what is said of it says so.
 */
export interface DeadLetterRecord {
  readonly kind: 'dead_letter';
  /** `TOPIC/PARTITION/OFFSET` of the record given up. */
  readonly letter: string;
  readonly state: 'open' | 'resolved';
  readonly source: string;
  readonly ticket: string;
}

/** A quarantined ticket is to be tried again, with everything that was parked meanwhile. */
export interface ReleaseRecord {
  readonly kind: 'release';
  readonly source: string;
  readonly ticket: string;
}

/**
 * What people wrote on a ticket, and who they are, is to be erased; what was said of its promises stays. Whoever folds the ticket erases
 * what it holds, in the record's place among the ticket's events.
 */
export interface ForgetRecord {
  readonly kind: 'forget';
  readonly source: string;
  readonly ticket: string;
  /** Names the erasure in what the services note about it. */
  readonly requestId: string;
  /** When it was asked for, epoch ms. */
  readonly at: Instant;
}

/** Stands where a record was erased. It says nothing. */
export interface ForgottenRecord {
  readonly kind: 'forgotten';
}

/** The numbers that a decision about a desk rested on, by name; null where one was not known. */
export type Figures = Readonly<Record<string, number | null>>;

/**
 * A surge of a policy's desk begins or ends (SLA-SEMANTICS §7): from `at` on the commitments that the policy names are suspended, or run again.
 * Nobody decides this while folding: it is a fact like an event, and stands on every partition.
 */
export interface SurgeRecord {
  readonly kind: 'surge';
  readonly policy: string;
  /** Of this record; the same again says nothing new. */
  readonly id: string;
  readonly state: 'started' | 'ended';
  readonly at: Instant;
  /** Who declared it; null where the figures of the desk did. */
  readonly by: string | null;
  readonly reason: string;
  /** What it was decided by; null where a person declared it. */
  readonly figures?: Figures | null;
  /** True on the one partition that publishes it. */
  readonly speaks: boolean;
}

/** The alarm of one of a policy's priority shares is raised or cleared. It concerns no promise, and stands on the partition that publishes it. */
export interface ShareRecord {
  readonly kind: 'share';
  readonly policy: string;
  /** The share's name in the policy. */
  readonly share: string;
  readonly id: string;
  /** Rises: one that is not above the last taken says nothing new. */
  readonly number: number;
  readonly state: 'raised' | 'cleared';
  readonly at: Instant;
  readonly reason: string;
  readonly figures: Figures | null;
}

export interface ReceivedRecord {
  readonly kind: 'event';
  readonly event: TicketEvent;
  /** The policy that judges the ticket, as intake resolved it from the event or its source. */
  readonly policy: string;
}

export interface ClassifiedRecord extends ClassifiedEvent {
  readonly kind: 'event';
}

/** What the classifier passes on as it came. */
export type ControlRecord =
  Watermark | ConfigRecord | DeadLetterRecord | ReleaseRecord | ForgetRecord | SurgeRecord | ShareRecord;

export type ReceivedTopicRecord = ReceivedRecord | ControlRecord | ForgottenRecord;
export type ClassifiedTopicRecord = ClassifiedRecord | ControlRecord | ForgottenRecord;

/** How late a helpdesk's deliveries usually are, ms, where the policy does not say (SLA-SEMANTICS §1). */
export const DEFAULT_SETTLE_MS = 5_000;

/** How far a ticket may be folded: events dated up to and including `eventsUpTo`, deadlines strictly before `duesBefore`. */
export interface Horizon {
  readonly eventsUpTo: Instant;
  readonly duesBefore: Instant;
}

/**
 * The horizon of a source under a watermark (SLA-SEMANTICS §1). A live source's lies `settle` behind the watermark, so that what
 * arrives within `settle` still finds its place; a declared time is exact: everything dated up to and including it has been sent.
 */
export function horizonOf(watermark: Watermark, source: string, settleMs: number): Horizon {
  const own = watermark.sources[source];
  if (own?.mode === 'historical') return { eventsUpTo: own.at, duesBefore: own.at };
  const settled = Math.min(own?.at ?? watermark.at, watermark.at) - settleMs;
  return { eventsUpTo: settled - 1, duesBefore: settled };
}
