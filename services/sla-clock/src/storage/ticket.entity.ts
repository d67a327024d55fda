import type { CoverageDecision, PriorityDecision } from '@punctual/contracts';
import type { PackedState } from './packed-state.js';
import { EntitySchema } from 'typeorm';

/** A ticket: how far it is folded, the engine’s state, and what is asked of it without reading that. */
export interface StoredTicketRow {
  readonly source: string;
  readonly ticket: string;
  readonly partition: number;
  /** Fixed by the ticket’s first record. */
  readonly policy: string;
  /** Null before the first fold. */
  readonly policyVersion: string | null;
  readonly settleMs: number;
  /** Null before the first fold, and when it is sealed. */
  readonly state: PackedState | null;
  readonly priorityHistory: PriorityDecision[];
  readonly coverageHistory: CoverageDecision[];
  readonly revision: number;
  /** Events dated up to here are folded. Epoch ms as text (bigint). */
  readonly foldedUpTo: string | null;
  /** What was due before is done. Epoch ms as text (bigint). */
  readonly duesBefore: string | null;
  /** How far the log was known to the last fold, as text (bigint). */
  readonly foldedOffset: string;
  /** When time next changes something; `timer` has the same in order. Epoch ms as text (bigint). */
  readonly timerAt: string | null;
  /** Epoch ms as text (bigint). */
  readonly createdAt: string | null;
  readonly priority: string | null;
  /** Whose priorities it has; null before the first fold since this is kept. */
  readonly scheme: string | null;
  readonly covered: boolean | null;
  /** Neither solved nor gone. */
  readonly isOpen: boolean;
  /** Why it cannot be folded; null while it can. */
  readonly quarantined: string | null;
  /** Its events lie from here … Epoch ms as text (bigint). */
  readonly firstEventAt: string | null;
  /** … to here. Epoch ms as text (bigint). */
  readonly lastEventAt: string | null;
  /** Its last event, once it has ended and been folded; null while it is open. Epoch ms as text (bigint). */
  readonly endedAt: string | null;
  /** What was published about it lies from here … Epoch ms as text (bigint). */
  readonly firstPublishedAt: string | null;
  /** … to here. Epoch ms as text (bigint). */
  readonly lastPublishedAt: string | null;
  /** When it may be sealed. Epoch ms as text (bigint). */
  readonly sealAt: string | null;
  /** Since when it is. Epoch ms as text (bigint). */
  readonly sealedAt: string | null;
}

export const TicketEntity = new EntitySchema<StoredTicketRow>({
  name: 'Ticket',
  schema: 'sla_clock',
  tableName: 'ticket',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    partition: { type: 'integer' },
    policy: { type: 'text' },
    policyVersion: { type: 'text', nullable: true, name: 'policy_version' },
    settleMs: { type: 'integer', name: 'settle_ms' },
    state: { type: 'json', nullable: true },
    priorityHistory: { type: 'json', name: 'priority_history' },
    coverageHistory: { type: 'json', name: 'coverage_history' },
    revision: { type: 'integer' },
    foldedUpTo: { type: 'bigint', nullable: true, name: 'folded_up_to' },
    duesBefore: { type: 'bigint', nullable: true, name: 'dues_before' },
    foldedOffset: { type: 'bigint', name: 'folded_offset' },
    timerAt: { type: 'bigint', nullable: true, name: 'timer_at' },
    createdAt: { type: 'bigint', nullable: true, name: 'created_at' },
    priority: { type: 'text', nullable: true },
    scheme: { type: 'text', nullable: true },
    covered: { type: 'boolean', nullable: true },
    isOpen: { type: 'boolean', name: 'is_open' },
    quarantined: { type: 'text', nullable: true },
    firstEventAt: { type: 'bigint', nullable: true, name: 'first_event_at' },
    lastEventAt: { type: 'bigint', nullable: true, name: 'last_event_at' },
    endedAt: { type: 'bigint', nullable: true, name: 'ended_at' },
    firstPublishedAt: { type: 'bigint', nullable: true, name: 'first_published_at' },
    lastPublishedAt: { type: 'bigint', nullable: true, name: 'last_published_at' },
    sealAt: { type: 'bigint', nullable: true, name: 'seal_at' },
    sealedAt: { type: 'bigint', nullable: true, name: 'sealed_at' },
  },
  indices: [
    // Over expressions, or holding further columns, which an entity cannot say: see their migrations.
    { name: 'ticket_open', columns: [], synchronize: false },
    { name: 'ticket_created', columns: [], synchronize: false },
    {
      name: 'ticket_ended',
      columns: ['policy', 'partition', 'endedAt', 'source', 'ticket'],
      where: 'ended_at IS NOT NULL AND sealed_at IS NULL',
    },
    { name: 'ticket_quarantined', columns: ['partition'], where: 'quarantined IS NOT NULL' },
    { name: 'ticket_seal', columns: ['partition', 'sealAt'], where: 'seal_at IS NOT NULL AND sealed_at IS NULL' },
    { name: 'ticket_unsealed_published', columns: ['firstPublishedAt'], where: 'sealed_at IS NULL' },
  ],
});
