import { horizonOf, type Instant, type Watermark } from '@punctual/contracts';
import {
  continueTicket,
  viewClocks,
  type ClockView,
  type PolicySchedule,
  type SurgeInterval,
  type TicketState,
} from '@punctual/sla-engine';
import { ticketKey, type TicketRow } from '../fold/ticket-row.js';
import { loadSurges } from '../storage/surge-store.js';
import { loadTickets } from '../storage/ticket-store.js';
import type { TicketReading } from './ticket-view.js';

/** A stored clock, as far as it takes to find it in its ticket's state. */
export interface StoredClock {
  readonly source: string;
  readonly ticket: string;
  readonly promise: string;
  readonly cycle: number;
  readonly partition: number;
  readonly phase: ClockView['phase'];
}

/**
 * Stored clocks that run, as they stand at the time their partition has come to: a row is written when its clock changes, and what it counts
 * grows by itself. One round trip for the tickets, one for each partition's time. Clocks that do not run are not among the result.
 */
export async function runningNow<Row extends StoredClock>(
  { sql, policies, times }: TicketReading,
  rows: readonly Row[],
): Promise<Map<Row, ClockView>> {
  const running = rows.filter(({ phase }) => phase === 'running');
  const ids = new Map(running.map((row) => [ticketKey(row.source, row.ticket), row]));
  const tickets = await loadTickets(sql, [...ids.values()]);
  const watermarks = new Map<number, Watermark | null>();
  for (const { partition } of running) {
    if (!watermarks.has(partition)) watermarks.set(partition, await times.watermarkOf(partition));
  }
  const surges = Map.groupBy(await loadSurges(sql, [...watermarks.keys()]), ({ partition, policy }) =>
    deskKey(partition, policy),
  );
  const views = new Map<string, ClockView>();
  for (const row of tickets) {
    const { source, ticket, policy: name, policyVersion, settleMs, state, duesBefore } = row;
    const key = ticketKey(source, ticket);
    const partition = ids.get(key)?.partition ?? -1;
    const watermark = watermarks.get(partition) ?? null;
    if (state === null || policyVersion === null || watermark === null) continue;
    const policy = await policies.find(name, policyVersion);
    const schedule = await policies.schedule(name, policyVersion);
    if (policy === null || schedule === null) continue;
    const asOf = Math.max(horizonOf(watermark, source, settleMs).duesBefore, duesBefore ?? Number.NEGATIVE_INFINITY);
    const told = (surges.get(deskKey(partition, name)) ?? []).map(({ surge }) => surge);
    const present = withSurges(row, state, told, schedule, asOf);
    for (const view of viewClocks(present, policy, asOf)) views.set(clockKey(key, view), view);
  }
  return new Map(
    running.flatMap((row) => {
      const view = views.get(clockKey(ticketKey(row.source, row.ticket), row));
      return view === undefined ? [] : [[row, view] as const];
    }),
  );
}

/** The state with the surges told since the ticket's last fold, where they can be added to it. */
function withSurges(
  { foldedUpTo, priorityHistory, coverageHistory }: TicketRow,
  state: TicketState,
  surges: readonly SurgeInterval[],
  schedule: PolicySchedule,
  asOf: Instant,
): TicketState {
  if (surges.length === 0 || foldedUpTo === null) return state;
  const history = { events: [], priorityHistory, coverageHistory, surges };
  return continueTicket(state, history, schedule, { eventsUpTo: foldedUpTo, duesBefore: asOf })?.state ?? state;
}

function deskKey(partition: number, policy: string): string {
  return `${partition} ${policy}`;
}

function clockKey(ticket: string, { promise, cycle }: { readonly promise: string; readonly cycle: number }): string {
  return `${ticket}\u0000${promise}\u0000${cycle}`;
}
