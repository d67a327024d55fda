import type { LogRecord } from '../event-log.js';
import { readDeadLetter, type DeadLetter } from './dead-letter.js';
import { letterId, type Resolved } from './dead-letter-store.js';

/** A dead letter as it is found in the log: everything about it but what the record says. */
export interface FoundLetter extends DeadLetter {
  /** `TOPIC/PARTITION/OFFSET` of the record that was given up. */
  readonly id: string;
  readonly key: string;
  /** The ticket it speaks of; null where that cannot be read from it. */
  readonly about: { readonly source: string; readonly ticket: string } | null;
  /** When it died, epoch ms. */
  readonly diedAt: number;
  /** The topic beside which it stands: its record's own, or `tickets.received` for a record of an upstream. */
  readonly beside: string;
  /** Where it stands in the topic of dead letters. */
  readonly offset: number;
  /** The partition of dead letters it stands in; that of its record but for an upstream's. */
  readonly partition: number;
  /** Whether it can be redriven: what is not JSON can only be dismissed. */
  readonly readable: boolean;
  /** Null while nobody has dealt with it. */
  readonly resolved: Resolved | null;
}

/** Which dead letters are meant; what is absent excludes none. */
export interface LetterSelection {
  readonly ids?: ReadonlySet<string>;
  readonly topic?: string;
  readonly code?: string;
  readonly stage?: string;
  readonly source?: string;
  readonly ticket?: string;
  /** Died at or after, and before; epoch ms. */
  readonly since?: number;
  readonly until?: number;
  readonly which: 'unresolved' | 'all';
}

/** Reads a record of a topic of dead letters; null where it is none. */
export function foundLetter(
  record: LogRecord,
  beside: string,
  resolved: ReadonlyMap<string, Resolved>,
): FoundLetter | null {
  const letter = readDeadLetter(record);
  if (letter === null) return null;
  const id = letterId(letter.origin);
  return {
    ...letter,
    id,
    key: record.key,
    // What an upstream's record says is not in our words.
    about: letter.origin.topic === beside ? ticketOf(record.value) : null,
    beside,
    diedAt: record.appendedAt,
    offset: record.offset,
    partition: record.partition,
    readable: record.malformed === undefined,
    resolved: resolved.get(id) ?? null,
  };
}

export function isSelected(letter: FoundLetter, selection: LetterSelection): boolean {
  const { ids, topic, code, stage, source, ticket, since, until, which } = selection;
  if (which === 'unresolved' && letter.resolved !== null) return false;
  if (ids !== undefined && !ids.has(letter.id)) return false;
  if (topic !== undefined && letter.beside !== topic) return false;
  if (code !== undefined && letter.code !== code) return false;
  if (stage !== undefined && letter.stage !== stage) return false;
  if (source !== undefined && letter.about?.source !== source) return false;
  if (ticket !== undefined && letter.about?.ticket !== ticket) return false;
  return (since === undefined || letter.diedAt >= since) && (until === undefined || letter.diedAt < until);
}

/** The ticket that a record of one of the ticket topics speaks of, as far as it can be read. */
export function ticketOf(value: unknown): FoundLetter['about'] {
  const event = (value as { event?: unknown } | null)?.event;
  const { source, ticket } = (event ?? {}) as { source?: unknown; ticket?: unknown };
  return typeof source === 'string' && typeof ticket === 'string' ? { source, ticket } : null;
}
