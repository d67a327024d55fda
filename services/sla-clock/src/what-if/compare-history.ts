import { formatInstant, type Horizon, type Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies, PublishedSchedule } from '@punctual/service-kit';
import {
  decidedUnder,
  foldTicket,
  judgedTicket,
  pairPromises,
  PolicyComparison,
  type ComparisonReport,
  type JudgedTicket,
  type PolicySchedule,
  type PromisePairs,
  type SurgeInterval,
} from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { policyNotPublished } from '../fold/policy-not-published.js';
import {
  countLeftOut,
  loadWatermarks,
  type HistorySelection,
  type LeftOut,
  type StoredTicket,
} from '../storage/stored-history.js';
import { compiledSchedule, type ComparablePolicy } from './comparable-policy.js';
import { presentHorizon, readHistory } from './read-history.js';
import { SurgesTold } from './surges-told.js';

/** What comparing stored history reads. */
export interface HistoryComparing {
  readonly dataSource: DataSource;
  readonly policies: PinnedPolicies<ComparablePolicy>;
}

/** What `POST /v1/what-if` answers. A is the policy as its versions apply to each ticket, B the policy sent. */
export interface WhatIfAnswer extends ComparisonReport {
  readonly a: {
    readonly policy: string;
    readonly versions: readonly { readonly version: string; readonly tickets: number }[];
  };
  readonly b: { readonly policy: string; readonly version: string };
  /** Tickets of the selection of which nothing can be said: there is nothing to fold. */
  readonly leftOut: LeftOut;
  /** The latest instant up to which a ticket was judged, ISO-8601; null without tickets. */
  readonly asOf: string | null;
  /** Priorities stand as they were decided; those B does not know become its default. */
  readonly priorities: {
    readonly taken: 'as_decided';
    readonly note: string;
    readonly unknownToB: Readonly<Record<string, number>>;
  };
}

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
  const surges = await SurgesTold.load(dataSource, [...watermarks.keys()], selection.policy);
  const versions = new Map<string, OwnVersion>();
  const unknown = new Map<string, number>();
  let asOf: Instant | null = null;
  for await (const stored of readHistory(dataSource, selection, abandoned)) {
    const schedule = await policies.schedule(stored.row.policy, stored.row.policyVersion);
    if (schedule === null) throw policyNotPublished(stored.row.policy);
    const horizon = presentHorizon(stored, watermarks.get(stored.partition) ?? null);
    const { a, version, b, unknownToB } = judge(stored, surges.on(stored.partition), schedule, other, horizon);
    const own = ownVersion(version, schedule, versions, other);
    comparison.add(a, b, own.pairs);
    own.tickets++;
    for (const name of unknownToB) unknown.set(name, (unknown.get(name) ?? 0) + 1);
    asOf = Math.max(asOf ?? horizon.duesBefore, horizon.duesBefore);
  }
  return {
    a: {
      policy: selection.policy,
      versions: [...versions].map(([version, { tickets }]) => ({ version, tickets })),
    },
    b: { policy: other.policy.id, version: other.policy.version },
    leftOut: await countLeftOut(dataSource, selection),
    asOf: asOf === null ? null : formatInstant(asOf),
    priorities: { taken: 'as_decided', note: NOTE, unknownToB: Object.fromEntries([...unknown].sort()) },
    ...comparison.report(),
  };
}

/** A version that tickets run under. */
interface OwnVersion {
  /** How its promises pair with the other policy's. */
  readonly pairs: PromisePairs;
  tickets: number;
}

function ownVersion(
  version: string,
  { publications }: PublishedSchedule<ComparablePolicy>,
  versions: Map<string, OwnVersion>,
  other: ComparablePolicy,
): OwnVersion {
  const known = versions.get(version);
  if (known !== undefined) return known;
  const promises = publications.find(({ policy }) => policy.policy.version === version)?.policy.promises ?? [];
  const entry = { pairs: pairPromises(promises, other.promises), tickets: 0 };
  versions.set(version, entry);
  return entry;
}

function judge(
  { row, timeline }: StoredTicket,
  surges: readonly SurgeInterval[],
  own: PublishedSchedule<ComparablePolicy>,
  other: ComparablePolicy,
  horizon: Horizon,
): {
  readonly a: JudgedTicket;
  /** Of A in force. */
  readonly version: string;
  readonly b: JudgedTicket;
  readonly unknownToB: ReadonlySet<string>;
} {
  const events = timeline.map(({ event }) => event);
  const { priorityHistory, coverageHistory } = row;
  const under = (policy: CompiledPolicy | PolicySchedule, decisions: typeof priorityHistory) => {
    const folded = foldTicket(row, { events, surges, priorityHistory: decisions, coverageHistory }, policy, horizon);
    return {
      judged: judgedTicket(folded, folded.policy, decisions, horizon.duesBefore),
      version: folded.policy.version,
    };
  };
  const a = under(compiledSchedule(own), priorityHistory);
  const attributes = row.state?.attributes;
  const taken = attributes === undefined ? null : decidedUnder(other.policy, priorityHistory, attributes);
  const b = under(other.policy, taken?.decisions ?? priorityHistory);
  return { a: a.judged, version: a.version, b: b.judged, unknownToB: taken?.unknown ?? new Set() };
}
