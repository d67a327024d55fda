import { formatInstant, type Horizon, type Instant, type Watermark } from '@punctual/contracts';
import {
  changeRecord,
  compareVerdicts,
  foldTicket,
  judgedTicket,
  MostImportant,
  pairPromises,
  PublicationImpact,
  type ChangeRecord,
  type ImpactOnClocks,
  type JudgedTicket,
  type NamedPromise,
  type PolicySchedule,
  type PromisePairs,
  type PublicationMode,
  type SurgeInterval,
  type VerdictChangeKind,
} from '@punctual/sla-engine';
import type { PolicyVersions } from '@punctual/service-kit';
import { countHistory, loadWatermarks, type HistorySelection, type StoredTicket } from '../storage/stored-history.js';
import type { HistoryComparing } from './compare-history.js';
import { comparedSchedules, type ProposedPublication } from './publication-schedule.js';
import { presentHorizon, readHistory } from './read-history.js';
import { SurgesTold } from './surges-told.js';

/** What previewing a publication reads. */
export interface PublicationReading extends HistoryComparing {
  readonly versions: PolicyVersions;
  /** The most tickets of one preview. */
  readonly mostTickets: number;
}

/** What `POST /v1/policies/{id}/preview` answers. In `changes`, A is what stands, B what stands with the publication. */
export interface PublicationPreview {
  readonly policy: string;
  readonly version: string;
  readonly mode: PublicationMode;
  readonly effectiveAt: string;
  /** `unchanged`: it is the newest version already; `first`: no version of this policy is published yet. Neither touches a ticket. */
  readonly status: 'new' | 'unchanged' | 'first';
  readonly tickets: {
    readonly lookedAt: number;
    /** Tickets of the policy that are open, or have ended since the instant; counted up to a million. */
    readonly concerned: number;
    readonly touched: number;
    /** Looked at, of a source whose historical time has not come to the instant: the publication reaches them when it has. */
    readonly notYet: number;
  };
  readonly clocks: ImpactOnClocks;
  readonly kinds: Readonly<Partial<Record<VerdictChangeKind, number>>>;
  readonly changes: readonly ChangeRecord[];
  readonly more: number;
}

const MOST_COUNTED = 1_000_000;

/**
 * Folds the tickets that a publication concerns as they stand and with one more publication, by the definition the fold itself follows, and compares
 * them clock by clock. Both sides are judged at the same horizon: the present one, or where the publication lies ahead of it, just after
 * its instant, as if nothing else happened until then: a surge that lasts goes on. Reads only.
 */
export async function previewPublication(
  reading: PublicationReading,
  publication: ProposedPublication,
  most: number,
  abandoned: () => boolean,
): Promise<PublicationPreview> {
  const { dataSource, versions, policies, mostTickets } = reading;
  const { candidate, mode, effectiveAt } = publication;
  const { present, proposed, promises, newest } = await comparedSchedules(versions, policies, publication);
  const status = newest === null ? 'first' : newest === candidate.policy.version ? 'unchanged' : 'new';
  const impact = new PublicationImpact();
  const changes = new MostImportant(most);
  let [lookedAt, concerned, notYet] = [0, 0, 0];
  if (status === 'new' && present !== null) {
    const policy = candidate.policy.id;
    // A ticket that ended before the instant keeps its version. The earliest version is also that of the tickets created before it.
    const isEarliest = present.publications.every((one) => one.effectiveAt > effectiveAt);
    const endedSince = isEarliest ? Number.MIN_SAFE_INTEGER : effectiveAt;
    const selection: HistorySelection = { policy, source: null, from: null, to: null, openOnly: true, endedSince };
    concerned = await countHistory(dataSource, selection, MOST_COUNTED);
    const watermarks = await loadWatermarks(dataSource);
    const surges = await SurgesTold.load(dataSource, [...watermarks.keys()], policy);
    const pairs = samePromises(promises);
    for await (const stored of readHistory(dataSource, selection, abandoned)) {
      if (lookedAt === mostTickets) break;
      lookedAt++;
      const horizon = horizonAt(stored, watermarks.get(stored.partition) ?? null, effectiveAt);
      if (horizon.eventsUpTo < effectiveAt) notYet++;
      const told = surges.on(stored.partition);
      const a = judge(stored, told, present, horizon);
      const found = compareVerdicts(a, judge(stored, told, proposed, horizon), pairs);
      impact.add(a, found);
      for (const change of found) changes.add(change);
    }
  }
  const listed = changes.list().map(changeRecord);
  return {
    policy: candidate.policy.id,
    version: candidate.policy.version,
    mode,
    effectiveAt: formatInstant(effectiveAt),
    status,
    tickets: { lookedAt, concerned, touched: changes.tickets.size, notYet },
    clocks: impact.report(),
    kinds: Object.fromEntries(changes.kinds()),
    changes: listed,
    more: changes.count - listed.length,
  };
}

/** A live source's time reaches the instant by itself; that of a historical session only when it is declared to. */
function horizonAt(stored: StoredTicket, watermark: Watermark | null, effectiveAt: Instant): Horizon {
  const present = presentHorizon(stored, watermark);
  if (watermark?.sources[stored.row.source]?.mode === 'historical') return present;
  return {
    eventsUpTo: Math.max(present.eventsUpTo, effectiveAt),
    duesBefore: Math.max(present.duesBefore, effectiveAt + 1),
  };
}

function judge(
  { row, timeline }: StoredTicket,
  surges: readonly SurgeInterval[],
  schedule: PolicySchedule,
  horizon: Horizon,
): JudgedTicket {
  const { priorityHistory, coverageHistory } = row;
  const events = timeline.map(({ event }) => event);
  const folded = foldTicket(row, { events, surges, priorityHistory, coverageHistory }, schedule, horizon);
  return judgedTicket(folded, folded.policy, priorityHistory, horizon.duesBefore);
}

/** Both sides have run under the versions so far, so a promise is itself: one the new version renames ends, and another begins. */
function samePromises(promises: readonly NamedPromise[]): PromisePairs {
  const once = [...new Map(promises.map((promise) => [`${promise.target} ${promise.id}`, promise])).values()];
  return pairPromises(once, once);
}
