import type { Instant, Watermark } from '@punctual/contracts';
import { horizonOf } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { TicketState } from '@punctual/sla-engine';
import type { PartitionMemory } from './partition-memory.js';
import { ticketKey, type TicketRow } from './ticket-row.js';

/**
 * When a ticket is sealed if nothing more is heard of it: `retention.sealAfter` behind its final close, epoch ms. That is the instant it
 * was closed, merged or deleted, or the end of the reopen window of one that was solved. Null while it is open, and while time itself
 * still has something to do on it.
 */
export function sealInstant(state: TicketState, wakeAt: Instant | null, policy: CompiledPolicy): Instant | null {
  if (wakeAt !== null) return null;
  const { solved, gone } = state;
  if (gone !== null) return gone.at + policy.sealAfterMs;
  if (solved === null) return null;
  return solved.at + (solved.closed ? 0 : policy.reopenWindowMs) + policy.sealAfterMs;
}

/**
 * Whether a ticket is sealed at a watermark. It depends on the log alone: what an owner has removed by then, and when, does not matter.
 * A quarantined ticket is never sealed, for what is wrong with it has yet to be seen.
 */
export function isSealed(row: TicketRow, watermark: Watermark | null): boolean {
  if (row.sealedAt !== null) return true;
  if (row.sealAt === null || row.quarantined !== null || watermark === null) return false;
  return horizonOf(watermark, row.source, row.settleMs).duesBefore > row.sealAt;
}

/** Whether a ticket is sealed by its partition's time. While something is missing about it, its timeline may still be needed. */
export function isSealedNow(row: TicketRow, { incomplete, watermark }: PartitionMemory): boolean {
  if (row.sealedAt === null && incomplete.has(ticketKey(row.source, row.ticket))) return false;
  return isSealed(row, watermark);
}
