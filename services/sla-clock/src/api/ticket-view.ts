import { decidedBy, formatInstant, type Horizon, type Instant, type Watermark } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import {
  escalationsOf,
  explainTicket,
  foldTicket,
  type EscalationView,
  type FoldedFromStart,
} from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import type { PartitionTimes } from '../fold/partition-times.js';
import { ticketKey, type PlacedEvent, type TicketRow } from '../fold/ticket-row.js';
import { everythingOf } from '../storage/everything-of.js';
import { loadSurges } from '../storage/surge-store.js';
import { lettersOf } from '../storage/incomplete-store.js';
import { loadTickets, loadTimelines } from '../storage/ticket-store.js';
import { readLinks } from './links-view.js';
import { publishedEscalations } from './published-escalations.js';
import { describeSealed } from './sealed-view.js';
import { storedClocks } from './stored-clocks.js';
import { wireClock, wireEscalation, wireInstant, wireSegment } from './wire.js';

/** What reading a ticket needs. */
export interface TicketReading {
  readonly sql: Sql;
  readonly policies: PinnedPolicies<CompiledPolicy>;
  readonly times: PartitionTimes;
}

/** A ticket folded on read: as it stands at its partition's time, also with what has not settled yet. Instants epoch ms. */
export interface TicketReadout {
  readonly row: TicketRow;
  /** Every event of the ticket, as the log brought them. */
  readonly timeline: readonly PlacedEvent[];
  /** Null where the ticket cannot be folded: it is sealed or quarantined, or its policy is not published. */
  readonly folding: FoldedFromStart | null;
  /** What the fold has come to; null where the ticket was never folded. */
  readonly asOf: Instant | null;
  /** An event still on its way may change it: it differs from what is stored and published. */
  readonly provisional: boolean;
}

/** Folds a ticket up to its partition's watermark without storing anything. Null: no such ticket. */
export async function readOut(
  { sql, policies, times }: TicketReading,
  source: string,
  ticket: string,
): Promise<TicketReadout | null> {
  const [row] = await loadTickets(sql, [{ source, ticket }]);
  const [place] = await sql.query<{ partition: number }>(
    'SELECT partition FROM sla_clock.ticket WHERE source = $1 AND ticket = $2',
    [source, ticket],
  );
  if (row === undefined || place === undefined) return null;
  if (row.sealedAt !== null) return { row, timeline: [], folding: null, asOf: row.duesBefore, provisional: false };
  if (row.quarantined !== null) return { row, timeline: [], folding: null, asOf: row.duesBefore, provisional: true };
  const timelines = await loadTimelines(sql, [everythingOf(row)], Number.MAX_SAFE_INTEGER);
  const timeline = timelines.get(ticketKey(source, ticket)) ?? [];
  const events = timeline.map(({ event }) => event);
  const now = nowOf(await times.watermarkOf(place.partition), source, timeline);
  const horizon = {
    eventsUpTo: Math.max(now.eventsUpTo, row.foldedUpTo ?? now.eventsUpTo),
    duesBefore: Math.max(now.duesBefore, row.duesBefore ?? now.duesBefore),
  };
  const schedule = await policies.schedule(row.policy, row.policyVersion);
  if (schedule === null) return { row, timeline, folding: null, asOf: null, provisional: true };
  const surges = (await loadSurges(sql, [place.partition])).flatMap((one) =>
    one.policy === row.policy ? [one.surge] : [],
  );
  const folded = foldTicket(row, { events, surges, ...decisionsOf(row) }, schedule, horizon);
  const provisional = isProvisional(row, timeline, horizon);
  return { row, timeline, folding: folded, asOf: horizon.duesBefore, provisional };
}

/** A ticket with its clocks and the stretches each is made of, as it goes over HTTP. Null: no such ticket. */
export async function readTicket(reading: TicketReading, source: string, ticket: string) {
  const readout = await readOut(reading, source, ticket);
  if (readout === null) return null;
  const { row, folding, asOf } = readout;
  if (row.sealedAt !== null) return describeSealed(reading.sql, row);
  const missing = await lettersOf(reading.sql, row);
  const links = await readLinks(reading.sql, row, folding?.state ?? null);
  if (folding === null) {
    const clocks = row.quarantined === null ? [] : await storedClocks(reading.sql, row);
    const escalations = await publishedEscalations(reading.sql, row);
    return { ...describe(row, row, missing, null, readout, clocks, escalations), links };
  }
  const { state, policy } = folding;
  const clocks = explainTicket(folding, asOf ?? 0).map(({ clock, segments }) => ({
    ...wireClock(clock),
    explanation: segments.map(wireSegment),
  }));
  const escalations = escalationsOf(folding.sayings, row.state?.retractions);
  const now = { state, policyVersion: policy.version };
  return { ...describe(row, now, missing, policy, readout, clocks, escalations), links };
}

/** `now` is what the ticket has come to, where that is further than its row. */
function describe(
  row: TicketRow,
  now: Pick<TicketRow, 'state' | 'policyVersion'>,
  missing: readonly string[],
  policy: CompiledPolicy | null,
  view: Pick<TicketReadout, 'asOf' | 'provisional' | 'timeline'>,
  clocks: readonly (ReturnType<typeof wireClock> & { explanation?: unknown })[],
  escalations: readonly EscalationView[],
) {
  const { state } = now;
  const resolution = state && policy ? policy.resolve(state.attributes, state.priority, state.exclusion) : null;
  return {
    source: row.source,
    ticket: row.ticket,
    policy: row.policy,
    policyVersion: now.policyVersion,
    createdAt: wireInstant(state?.createdAt ?? null),
    attributes: state?.attributes ?? null,
    status: state?.status ?? null,
    assignee: state?.assignee ?? null,
    priority: state?.priority ?? null,
    priorityHistory: row.priorityHistory.map((decision) => ({
      ...decision,
      at: formatInstant(decision.at),
      ...decidedBy(decision, view.timeline.find(({ event }) => event.id === decision.eventId)?.event),
    })),
    coverage: {
      covered: state?.covered ?? null,
      code: resolution && !resolution.covered ? resolution.code : null,
      reason: resolution && !resolution.covered ? resolution.reason : null,
    },
    quarantined: row.quarantined,
    sealedAt: wireInstant(row.sealedAt),
    incomplete: missing.length > 0,
    deadLetters: missing,
    asOf: wireInstant(view.asOf),
    provisional: view.provisional,
    clocks,
    escalations: escalations.map(wireEscalation),
  };
}

/** The watermark itself, without the time events are given to settle; without a watermark, the last event. */
function nowOf(watermark: Watermark | null, source: string, timeline: readonly PlacedEvent[]): Horizon {
  const last = timeline.reduce((at, { event }) => Math.max(at, event.occurredAt), 0);
  const at = watermark === null ? last : Math.min(watermark.sources[source]?.at ?? watermark.at, watermark.at);
  return { eventsUpTo: at, duesBefore: at };
}

function isProvisional(row: TicketRow, timeline: readonly PlacedEvent[], horizon: Horizon): boolean {
  if (row.state === null) return true;
  if (row.wakeAt !== null && row.wakeAt < horizon.duesBefore) return true;
  return timeline.some(
    ({ event, offset }) =>
      event.occurredAt <= horizon.eventsUpTo && (offset > row.foldedOffset || event.occurredAt > (row.foldedUpTo ?? 0)),
  );
}

function decisionsOf({ priorityHistory, coverageHistory }: TicketRow) {
  return { priorityHistory, coverageHistory };
}
