import { setImmediate as breathe } from 'node:timers/promises';
import { formatInstant, horizonOf, type Horizon, type Instant, type Watermark } from '@punctual/contracts';
import type { PinnedPolicies } from '@punctual/service-kit';
import {
  decidedUnder,
  foldTicket,
  judgedTicket,
  pairPromises,
  PolicyComparison,
  type ComparisonReport,
  type JudgedTicket,
  type PromisePairs,
} from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { horizonFor } from '../fold/fold-due-ticket.js';
import { policyNotPublished } from '../fold/policy-not-published.js';
import type { TicketId } from '../storage/ticket-store.js';
import {
  loadHistoryPage,
  loadWatermarks,
  type HistorySelection,
  type StoredTicket,
} from '../storage/stored-history.js';
import type { ComparablePolicy } from './comparable-policy.js';

/** What comparing stored history reads. */
export interface HistoryComparing {
  readonly dataSource: DataSource;
  readonly policies: PinnedPolicies<ComparablePolicy>;
}

/** What `POST /v1/what-if` answers. A is each ticket's own version of its policy, B the policy sent. */
export interface WhatIfAnswer extends ComparisonReport {
  readonly a: {
    readonly policy: string;
    readonly versions: readonly { readonly version: string; readonly tickets: number }[];
  };
  readonly b: { readonly policy: string; readonly version: string };
  /** The latest instant up to which a ticket was judged, ISO-8601; null without tickets. */
  readonly asOf: string | null;
  /** Priorities stand as they were decided; those B does not know become its default. */
  readonly priorities: {
    readonly taken: 'as_decided';
    readonly note: string;
    readonly unknownToB: Readonly<Record<string, number>>;
  };
}

/** Tickets with their timelines in memory at once. */
const PAGE = 500;

/** Tickets folded before the process looks at what else waits: a share of a batch's time, some 10 ms. */
const TICKETS_A_TURN = 25;

const NOTE =
  'The text of messages is not stored, so no priority is decided anew: it stands as decided, or as B’s default where B does not know it.';

/**
 * Judges stored tickets under their own policy version and under `other`, both with the stored decisions and up to the instant to which
 * the clock itself would fold the ticket now: a deadline that only `other` sets may have passed since the last fold. Reads only.
 * Ends early where `abandoned` says that nobody waits for the answer any more.
 */
export async function compareHistory(
  { dataSource, policies }: HistoryComparing,
  selection: HistorySelection,
  other: ComparablePolicy,
  most: number,
  abandoned: () => boolean,
): Promise<WhatIfAnswer> {
  const comparison = new PolicyComparison(most);
  const watermarks = await loadWatermarks(dataSource);
  const versions = new Map<string, { own: ComparablePolicy; pairs: PromisePairs; tickets: number }>();
  const unknown = new Map<string, number>();
  let asOf: Instant | null = null;
  let after: TicketId | null = null;
  while (!abandoned()) {
    const page: StoredTicket[] = await loadHistoryPage(dataSource, selection, after, PAGE);
    for (const [index, stored] of page.entries()) {
      const version = await versionOf(stored, versions, policies, other);
      const horizon = presentHorizon(stored, watermarks.get(stored.partition) ?? null);
      const { a, b, unknownToB } = judge(stored, version.own, other, horizon);
      comparison.add(a, b, version.pairs);
      version.tickets++;
      for (const name of unknownToB) unknown.set(name, (unknown.get(name) ?? 0) + 1);
      asOf = Math.max(asOf ?? horizon.duesBefore, horizon.duesBefore);
      if (index % TICKETS_A_TURN === TICKETS_A_TURN - 1) await breathe();
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = { source: last.row.source, ticket: last.row.ticket };
  }
  return {
    a: {
      policy: selection.policy,
      versions: [...versions].map(([version, { tickets }]) => ({ version, tickets })),
    },
    b: { policy: other.policy.id, version: other.policy.version },
    asOf: asOf === null ? null : formatInstant(asOf),
    priorities: { taken: 'as_decided', note: NOTE, unknownToB: Object.fromEntries([...unknown].sort()) },
    ...comparison.report(),
  };
}

/** The version a ticket runs under, with how its promises pair with the other policy's. */
async function versionOf(
  { row }: StoredTicket,
  versions: Map<string, { own: ComparablePolicy; pairs: PromisePairs; tickets: number }>,
  policies: PinnedPolicies<ComparablePolicy>,
  other: ComparablePolicy,
) {
  const version = row.policyVersion ?? '';
  const known = versions.get(version);
  if (known !== undefined) return known;
  const own = await policies.find(row.policy, version);
  if (own === null) throw policyNotPublished(row.policy);
  const entry = { own, pairs: pairPromises(own.promises, other.promises), tickets: 0 };
  versions.set(version, entry);
  return entry;
}

function presentHorizon({ row }: StoredTicket, watermark: Watermark | null): Horizon {
  const stored = { eventsUpTo: row.foldedUpTo ?? 0, duesBefore: row.duesBefore ?? 0 };
  return watermark === null ? stored : horizonFor(row, horizonOf(watermark, row.source, row.settleMs));
}

function judge(
  { row, timeline }: StoredTicket,
  own: ComparablePolicy,
  other: ComparablePolicy,
  horizon: Horizon,
): { readonly a: JudgedTicket; readonly b: JudgedTicket; readonly unknownToB: ReadonlySet<string> } {
  const events = timeline.map(({ event }) => event);
  const { priorityHistory, coverageHistory } = row;
  const under = ({ policy }: ComparablePolicy, decisions: typeof priorityHistory): JudgedTicket => {
    const folded = foldTicket(row, { events, priorityHistory: decisions, coverageHistory }, policy, horizon);
    return judgedTicket(folded, policy, decisions, horizon.duesBefore);
  };
  const a = under(own, priorityHistory);
  const attributes = row.state?.attributes;
  const taken = attributes === undefined ? null : decidedUnder(other.policy, priorityHistory, attributes);
  return { a, b: under(other, taken?.decisions ?? priorityHistory), unknownToB: taken?.unknown ?? new Set() };
}
