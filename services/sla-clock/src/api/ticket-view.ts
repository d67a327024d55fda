import { formatInstant, type Horizon, type Watermark } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import { explainTicket, foldTicket, type ClockView } from '@punctual/sla-engine';
import type { Sql } from '@punctual/stream';
import { creationOf } from '../fold/partition-memory.js';
import type { PartitionTimes } from '../fold/partition-times.js';
import { ticketKey, type PlacedEvent, type TicketRow } from '../fold/ticket-row.js';
import { loadTickets, loadTimelines } from '../storage/ticket-store.js';
import { wireClock, wireInstant, wireSegment } from './wire.js';

/** What reading a ticket needs. */
export interface TicketReading {
  readonly sql: Sql;
  readonly policies: PinnedPolicies<CompiledPolicy>;
  readonly times: PartitionTimes;
}

/**
 * A ticket as it stands at its partition's time: folded on read up to the watermark, so also with what has not settled yet. Where that
 * differs from what is stored and published, `provisional` is true: an event still on its way may change it. Null: no such ticket.
 */
export async function readTicket({ sql, policies, times }: TicketReading, source: string, ticket: string) {
  const [row] = await loadTickets(sql, [{ source, ticket }]);
  const [place] = await sql.query<{ partition: number }>(
    'SELECT partition FROM sla_clock.ticket WHERE source = $1 AND ticket = $2',
    [source, ticket],
  );
  if (row === undefined || place === undefined) return null;
  if (row.quarantined !== null)
    return describe(row, null, { asOf: row.duesBefore, provisional: true }, await storedClocks(sql, row));
  const timelines = await loadTimelines(sql, [row], Number.MAX_SAFE_INTEGER);
  const timeline = timelines.get(ticketKey(source, ticket)) ?? [];
  const events = timeline.map(({ event }) => event);
  const now = nowOf(await times.watermarkOf(place.partition), source, timeline);
  const horizon = {
    eventsUpTo: Math.max(now.eventsUpTo, row.foldedUpTo ?? now.eventsUpTo),
    duesBefore: Math.max(now.duesBefore, row.duesBefore ?? now.duesBefore),
  };
  const policy = row.policyVersion
    ? await policies.find(row.policy, row.policyVersion)
    : await policies.pin(row.policy, creationOf(events));
  if (policy === null) return describe(row, null, { asOf: null, provisional: true }, []);
  const folded = foldTicket(row, { events, ...decisionsOf(row) }, policy, horizon);
  const clocks = explainTicket(folded, horizon.duesBefore).map(({ clock, segments }) => ({
    ...wireClock(clock),
    explanation: segments.map(wireSegment),
  }));
  const view = { asOf: horizon.duesBefore, provisional: isProvisional(row, timeline, horizon) };
  return describe({ ...row, state: folded.state, policyVersion: policy.version }, policy, view, clocks);
}

function describe(
  row: TicketRow,
  policy: CompiledPolicy | null,
  view: { readonly asOf: number | null; readonly provisional: boolean },
  clocks: readonly (ReturnType<typeof wireClock> & { explanation?: unknown })[],
) {
  const { state } = row;
  const resolution = state && policy ? policy.resolve(state.attributes, state.priority, state.exclusion) : null;
  return {
    source: row.source,
    ticket: row.ticket,
    policy: row.policy,
    policyVersion: row.policyVersion,
    createdAt: wireInstant(state?.createdAt ?? null),
    attributes: state?.attributes ?? null,
    status: state?.status ?? null,
    assignee: state?.assignee ?? null,
    priority: state?.priority ?? null,
    priorityHistory: row.priorityHistory.map((decision) => ({ ...decision, at: formatInstant(decision.at) })),
    coverage: {
      covered: state?.covered ?? null,
      code: resolution && !resolution.covered ? resolution.code : null,
      reason: resolution && !resolution.covered ? resolution.reason : null,
    },
    quarantined: row.quarantined,
    asOf: wireInstant(view.asOf),
    provisional: view.provisional,
    clocks,
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

async function storedClocks(sql: Sql, row: TicketRow) {
  const clocks = await sql.query<{ outcome: ClockView['outcome'] | 'unknown'; view: ClockView }>(
    'SELECT outcome, view FROM sla_clock.clock WHERE source = $1 AND ticket = $2 ORDER BY promise, cycle',
    [row.source, row.ticket],
  );
  return clocks.map(({ outcome, view }) => ({ ...wireClock(view), outcome }));
}
