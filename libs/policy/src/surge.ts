import type { Instant } from '@punctual/contracts';
import type { PolicyDocument } from './document/policy-document.js';

/** A desk's figures at an instant; null where one is not known, which speaks neither for a surge nor for its end. */
export interface DeskFigures {
  /** Tickets that somebody still has to do something about. */
  readonly waiting: number | null;
  /** How many usually wait. */
  readonly usual: number | null;
  /** People in the team, and how many of them are away. */
  readonly team: number | null;
  readonly away: number | null;
}

/** What is decided, with the figures in a sentence; null: everything stays as it is. */
export interface DeskVerdict {
  readonly open: boolean;
  readonly reason: string;
}

export type SurgeRule = NonNullable<PolicyDocument['surge']>;
export type PriorityShareRule = PolicyDocument['priorityShares'][number];

/**
 * Whether a surge begins or ends by these figures (SLA-SEMANTICS §7). It begins when one measure is above its threshold, and ends when all
 * measures are at or below what clears them and it has lasted as long as it must: between the two thresholds it stays what it was.
 * `openSince` is when the present one began, null where none is open. Epoch ms.
 */
export function decideSurge(
  rule: SurgeRule,
  openSince: Instant | null,
  figures: DeskFigures,
  at: Instant,
): DeskVerdict | null {
  const measures = measuresOf(rule, figures);
  if (openSince === null) {
    const over = measures.find(({ value, above }) => value !== null && value > above);
    return over === undefined ? null : { open: true, reason: `${over.text}; a surge begins above ${over.limit}` };
  }
  if (at - openSince < rule.lasts) return null;
  if (measures.some(({ value, clears }) => value === null || value > clears)) return null;
  return { open: false, reason: measures.map(({ text }) => text).join('; ') };
}

/** What was last declared of a desk: that a surge begins or ends, since when, and whether a person said so. */
export interface DeclaredSurge {
  readonly open: boolean;
  readonly since: Instant;
  readonly byPerson: boolean;
}

/**
 * Whether figures begin or end a surge beside what people declare. A person knows what figures do not: a surge that a person declared is ended by
 * a person, and after one that a person ended, figures begin none before they have been calm. `calmAt` is when they last were, null: never.
 */
export function decideBesidePeople(
  rule: SurgeRule,
  last: DeclaredSurge | null,
  calmAt: Instant | null,
  figures: DeskFigures,
  at: Instant,
): DeskVerdict | null {
  if (last?.byPerson === true) {
    if (last.open) return null;
    if (calmAt === null || calmAt <= last.since) return null;
  }
  return decideSurge(rule, last?.open === true ? last.since : null, figures, at);
}

/** Whether no measure that is known stands above what clears it. */
export function isCalm(rule: SurgeRule, figures: DeskFigures): boolean {
  return measuresOf(rule, figures).every(({ value, clears }) => value === null || value <= clears);
}

/** Whether the alarm of a priority share is raised or cleared, with the same hysteresis. */
export function decideShare(
  rule: PriorityShareRule,
  isOpen: boolean,
  created: { readonly concerned: number; readonly all: number },
): DeskVerdict | null {
  const { concerned, all } = created;
  const share = all < rule.minimumTickets ? 0 : concerned / all;
  const which = rule.scheme === undefined ? 'tickets' : `tickets of ${rule.scheme}`;
  const reason = `${concerned} of ${all} ${which} were ${rule.priorities.join(' or ')}`;
  if (!isOpen && share > rule.above)
    return { open: true, reason: `${reason}; the alarm is raised above ${percent(rule.above)}` };
  if (isOpen && share <= rule.clears) return { open: false, reason };
  return null;
}

interface Measure {
  readonly value: number | null;
  readonly above: number;
  readonly clears: number;
  readonly text: string;
  readonly limit: string;
}

function measuresOf({ workload, away }: SurgeRule, figures: DeskFigures): Measure[] {
  const measures: Measure[] = [];
  if (workload) {
    const { waiting } = figures;
    const usual = workload.usual ?? figures.usual;
    const few = waiting !== null && waiting < workload.minimumTickets;
    const value = few ? 0 : waiting === null || usual === null ? null : waiting / Math.max(usual, 1);
    const text = `${waiting ?? 'an unknown number of'} tickets wait, ${usual === null ? 'and what is usual is not known yet' : `usually ${round(usual)}`}`;
    measures.push({ ...workload, value, text, limit: `${workload.above} times the usual` });
  }
  if (away) {
    const { team } = figures;
    // Nobody has been declared away.
    const value = team === null || team === 0 || figures.away === null ? 0 : figures.away / team;
    const text = team === null ? 'nobody was declared away' : `${figures.away ?? 0} of ${team} people are away`;
    measures.push({ ...away, value, text, limit: percent(away.above) });
  }
  return measures;
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
