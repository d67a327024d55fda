import type { Horizon, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import {
  continueTicket,
  foldTicket,
  publishContinued,
  publishRefolded,
  refoldCause,
  type ClockView,
  type Folded,
  type PolicySchedule,
  type PublicationContext,
  type Published,
  type SurgeInterval,
  type TicketState,
} from '@punctual/sla-engine';
import { sealInstant } from './seal-instant.js';
import type { TicketRow } from './ticket-row.js';

/** What happened to a ticket and to its desk. */
export interface Happened {
  readonly events: readonly TicketEvent[];
  readonly surges: readonly SurgeInterval[];
}

/** What a fold of one ticket changes. */
export interface TicketOutcome {
  readonly state: TicketState;
  readonly horizon: Horizon;
  readonly settleMs: number;
  /** Whose priorities the ticket has. */
  readonly scheme: string;
  readonly wakeAt: number | null;
  readonly sealAt: number | null;
  readonly clocks: readonly ClockView[];
  /** Ids of creations that were ignored. */
  readonly createdAgain: readonly string[];
  readonly extent: 'changed' | 'all';
  readonly published: readonly Published[];
}

/** Under what circumstances a ticket is folded. */
export interface FoldedBy {
  readonly horizon: Horizon;
  readonly mode: 'live' | 'historical';
  /** The wall time, epoch ms: tells only whether verdicts are found late. */
  readonly now: number;
}

/** How far a ticket is folded under a watermark: a ticket never goes back, whatever its source's time does. */
export function horizonFor(row: TicketRow, horizon: Horizon): Horizon {
  return {
    eventsUpTo: Math.max(row.foldedUpTo ?? horizon.eventsUpTo, horizon.eventsUpTo),
    duesBefore: Math.max(row.duesBefore ?? horizon.duesBefore, horizon.duesBefore),
  };
}

/** Folds new events onto a ticket's state; null where its whole timeline is needed. */
export function foldOnto(
  row: TicketRow,
  happened: Happened,
  schedule: PolicySchedule,
  by: FoldedBy,
): TicketOutcome | null {
  if (row.state === null) return null;
  const { priorityHistory, coverageHistory } = row;
  const { horizon } = by;
  const folded = continueTicket(row.state, { ...happened, priorityHistory, coverageHistory }, schedule, horizon);
  if (folded === null) return null;
  const published = publishContinued(folded, context(row, folded.policy, by));
  return { ...outcomeOf(folded, horizon), extent: 'changed', published };
}

/**
 * Folds a ticket from its start. What was published and no longer holds is retracted; where nothing was published yet, everything is said
 * in its order, so that a first fold in one jump and a fold step by step say the same. `happened` is all that is known by now, `fresh` the
 * events in it that were not folded before.
 */
export function foldFromStart(
  row: TicketRow,
  happened: Happened,
  fresh: readonly TicketEvent[],
  standing: readonly Published[],
  schedule: PolicySchedule,
  by: FoldedBy,
): TicketOutcome {
  const { priorityHistory, coverageHistory } = row;
  const { horizon } = by;
  const folded = foldTicket(row, { ...happened, priorityHistory, coverageHistory }, schedule, horizon);
  const said = context(row, folded.policy, by);
  const published =
    row.state === null && standing.length === 0
      ? publishContinued(folded, said)
      : publishRefolded(
          folded,
          standing,
          row.state?.retractions ?? {},
          said,
          refoldCause(row.state, { events: fresh, priorityHistory, coverageHistory }, horizon),
        );
  return { ...outcomeOf(folded, horizon), extent: 'all', published };
}

/** What the version in force makes of the ticket. */
function outcomeOf(folded: Folded, horizon: Horizon): Omit<TicketOutcome, 'extent' | 'published'> {
  const { state, wakeAt, clocks, createdAgain, policy } = folded;
  const sealAt = sealInstant(state, wakeAt, policy);
  const scheme = policy.schemeOf(state.attributes);
  return { state, horizon, settleMs: policy.settleMs, scheme, wakeAt, sealAt, clocks, createdAgain };
}

function context(row: TicketRow, policy: CompiledPolicy, { horizon, mode, now }: FoldedBy): PublicationContext {
  return {
    source: row.source,
    ticket: row.ticket,
    policy: policy.id,
    detectedAt: horizon.duesBefore,
    noticedAt: Math.max(horizon.duesBefore, now - policy.settleMs),
    mode,
  };
}
