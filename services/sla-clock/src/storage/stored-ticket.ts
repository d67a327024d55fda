import type { CoverageDecision, Instant, PriorityDecision } from '@punctual/contracts';
import type { TicketState } from '@punctual/sla-engine';
import type { TicketRow, Timer } from '../fold/ticket-row.js';
import { unpackState, type PackedState } from './packed-state.js';
import type { TicketId } from './ticket-store.js';

/** A row of `ticket` as `pg` hands it over: bigint as text, and JSON as text where it is asked for so. */
export interface TicketRecord extends TicketId {
  policy: string;
  policy_version: string | null;
  settle_ms: number;
  scheme: string | null;
  /** JSON. */
  state: string | null;
  /** JSON. */
  priority_history: string;
  /** JSON. */
  coverage_history: string;
  revision: number;
  folded_up_to: string | null;
  dues_before: string | null;
  folded_offset: string;
  timer_at: string | null;
  quarantined: string | null;
  seal_at: string | null;
  sealed_at: string | null;
  first_event_at: string | null;
  last_event_at: string | null;
  first_published_at: string | null;
  last_published_at: string | null;
}

/**
 * A ticket as it was read. What is JSON in the database stays text until it is asked for: a ticket is read when something happens on it, and waits
 * for its watermark; as objects, what is known of it would take several times the memory meanwhile.
 */
export class StoredTicket implements TicketRow {
  readonly source: string;
  readonly ticket: string;
  readonly policy: string;
  policyVersion: string | null;
  settleMs: number;
  scheme: string | null;
  revision: number;
  storedRevision: number | null;
  foldedUpTo: Instant | null;
  duesBefore: Instant | null;
  foldedOffset: number;
  wakeAt: Instant | null;
  storedTimer: Timer | null;
  quarantined: string | null;
  sealAt: Instant | null;
  sealedAt: Instant | null;
  firstEventAt: Instant | null;
  lastEventAt: Instant | null;
  firstPublishedAt: Instant | null;
  lastPublishedAt: Instant | null;
  /** JSON that nobody has asked for yet. */
  #stateText: string | null;
  #prioritiesText: string | null;
  #coveragesText: string | null;
  /** The version that the stored state is of. */
  readonly #stateVersion: string;
  #state: TicketState | null = null;
  #priorities: readonly PriorityDecision[] = [];
  #coverages: readonly CoverageDecision[] = [];

  constructor(row: TicketRecord) {
    this.source = row.source;
    this.ticket = row.ticket;
    this.policy = row.policy;
    this.policyVersion = row.policy_version;
    this.settleMs = row.settle_ms;
    this.scheme = row.scheme;
    this.revision = row.revision;
    this.storedRevision = row.revision;
    this.foldedUpTo = numberOrNull(row.folded_up_to);
    this.duesBefore = numberOrNull(row.dues_before);
    this.foldedOffset = Number(row.folded_offset);
    this.wakeAt = numberOrNull(row.timer_at);
    this.storedTimer = this.wakeAt === null ? null : { wakeAt: this.wakeAt, settleMs: row.settle_ms };
    this.quarantined = row.quarantined;
    this.sealAt = numberOrNull(row.seal_at);
    this.sealedAt = numberOrNull(row.sealed_at);
    this.firstEventAt = numberOrNull(row.first_event_at);
    this.lastEventAt = numberOrNull(row.last_event_at);
    this.firstPublishedAt = numberOrNull(row.first_published_at);
    this.lastPublishedAt = numberOrNull(row.last_published_at);
    this.#stateText = row.state;
    this.#stateVersion = row.policy_version ?? '';
    this.#prioritiesText = row.priority_history;
    this.#coveragesText = row.coverage_history;
  }

  get state(): TicketState | null {
    if (this.#stateText !== null) {
      const { source, ticket, policy } = this;
      const packed = JSON.parse(this.#stateText) as PackedState;
      this.state = unpackState(packed, { source, ticket, policy, policyVersion: this.#stateVersion });
    }
    return this.#state;
  }

  set state(state: TicketState | null) {
    this.#state = state;
    this.#stateText = null;
  }

  get priorityHistory(): readonly PriorityDecision[] {
    if (this.#prioritiesText !== null) this.priorityHistory = JSON.parse(this.#prioritiesText) as PriorityDecision[];
    return this.#priorities;
  }

  set priorityHistory(decisions: readonly PriorityDecision[]) {
    this.#priorities = decisions;
    this.#prioritiesText = null;
  }

  get coverageHistory(): readonly CoverageDecision[] {
    if (this.#coveragesText !== null) this.coverageHistory = JSON.parse(this.#coveragesText) as CoverageDecision[];
    return this.#coverages;
  }

  set coverageHistory(decisions: readonly CoverageDecision[]) {
    this.#coverages = decisions;
    this.#coveragesText = null;
  }
}

function numberOrNull(value: string | null): number | null {
  return value === null ? null : Number(value);
}
