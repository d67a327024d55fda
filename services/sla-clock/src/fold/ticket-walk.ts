import type { Instant } from '@punctual/contracts';

/**
 * A walk through the tickets of one policy in one partition: each is folded once, because something happened at an instant that concerns
 * them all. First those that are open; then, where it lies back, those that have ended since.
 */
export interface TicketWalk {
  readonly policy: string;
  /** What happened: a publication's version, or the id of the record by which a surge began or ended. One walk for each of them and its instant. */
  readonly subject: string;
  readonly effectiveAt: Instant;
  /** What it does, in a word: a publication's mode, or `surge`. */
  readonly mode: string;
  /** Tickets whose last event lies before have ended before, and are left as they are. */
  readonly affectsFrom: Instant;
  phase: 'open' | 'ended';
  /** The last ticket walked past; the instant is that of its last event, in the phase `ended`. */
  after: { readonly at: Instant; readonly source: string; readonly ticket: string };
  /** Tickets walked past. */
  done: number;
  /** Tickets there were when it began; null before. */
  total: number | null;
  /** In the partition's time. */
  beganAt: Instant | null;
  finishedAt: Instant | null;
}

/** Before every ticket. */
export const atTheStart = { at: Number.MIN_SAFE_INTEGER, source: '', ticket: '' } as const;

export function newWalk(
  about: Pick<TicketWalk, 'policy' | 'subject' | 'effectiveAt' | 'mode' | 'affectsFrom'>,
): TicketWalk {
  return { ...about, phase: 'open', after: atTheStart, done: 0, total: null, beganAt: null, finishedAt: null };
}
