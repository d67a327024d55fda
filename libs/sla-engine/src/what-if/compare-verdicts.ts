import { commitments, targets, type Target } from '@punctual/contracts';
import type { ClockView } from '../clock-view.js';
import { causesOfAbsence, causesOfDifference, type Cause } from './causes.js';
import type { JudgedClock, JudgedTicket } from './judged-ticket.js';
import type { PromisePairs } from './promise-pairs.js';

/** What can be otherwise under the other policy, the most important first. */
export const changeKinds = [
  'kept_to_late',
  'late_to_kept',
  /** Late under B only, and under A not judged (running, cancelled, …); and the other way round. */
  'becomes_late',
  'no_longer_late',
  'only_in_b',
  'only_in_a',
  'coverage_differs',
  /** Neither late, nor kept and late: running, met, cancelled, measured, … instead of one another. */
  'outcome_differs',
  /** Promised under one policy, only measured under the other. */
  'deadline_only_in_b',
  'deadline_only_in_a',
  'due_earlier',
  'due_later',
  /** The same verdict, but a pause leaves no due instant to compare: working time that remains, or remained at the stop. */
  'less_remaining',
  'more_remaining',
  'commitment_differs',
  'priority_differs',
] as const;
export type VerdictChangeKind = (typeof changeKinds)[number];

/** One cycle of one promise that two policies do not judge alike; or, with neither clock, a ticket whose coverage differs. */
export interface VerdictChange {
  readonly source: string;
  readonly ticket: string;
  readonly target: Target | null;
  readonly a: JudgedClock | null;
  readonly b: JudgedClock | null;
  /** At least one, the most important first. */
  readonly kinds: readonly VerdictChangeKind[];
  readonly causes: readonly Cause[];
}

/**
 * What changes for one ticket between two policies that judged the same events at the same horizon. Clocks are matched by target, paired
 * promise and the event that began the cycle: a cycle's number depends on which cycles a policy promised before. A ticket compared with
 * itself gives nothing; swapping A and B mirrors every change. Pure; changes come by target and start.
 */
export function compareVerdicts(a: JudgedTicket, b: JudgedTicket, pairs: PromisePairs): VerdictChange[] {
  const { source, ticket } = a;
  const clocksOfB = byCycle(b.clocks, (promise) => promise);
  const changes: VerdictChange[] = [];
  for (const [key, ofA] of byCycle(a.clocks, (promise) => pairs.toB.get(promise) ?? `${promise}\u0000only in A`)) {
    const ofB = clocksOfB.get(key) ?? null;
    if (ofB) clocksOfB.delete(key);
    const kinds = ofB ? kindsOf(ofA.clock, ofB.clock) : absence('only_in_a', a, b);
    if (kinds.length === 0) continue;
    const causes = ofB
      ? causesOfDifference(a, ofA, b, ofB)
      : causesOfAbsence('a', a, ofA, b, pairs.toB.get(ofA.clock.promise) ?? null);
    changes.push({ source, ticket, target: ofA.clock.target, a: ofA, b: ofB, kinds, causes });
  }
  for (const ofB of clocksOfB.values()) {
    const causes = causesOfAbsence('b', b, ofB, a, pairs.toA.get(ofB.clock.promise) ?? null);
    const kinds = absence('only_in_b', a, b);
    changes.push({ source, ticket, target: ofB.clock.target, a: null, b: ofB, kinds, causes });
  }
  if (a.notCovered !== b.notCovered && !changes.some(({ kinds }) => kinds.includes('coverage_differs'))) {
    const causes = [{ code: 'coverage' as const, a: a.notCovered ?? 'covered', b: b.notCovered ?? 'covered' }];
    changes.push({ source, ticket, target: null, a: null, b: null, kinds: ['coverage_differs'], causes });
  }
  return changes.sort(compareInTicket);
}

/** By importance: kind, whether it is late, how binding the promise is; then source, ticket, target and start. A total order of changes. */
export function compareImportance(a: VerdictChange, b: VerdictChange): number {
  return (
    rankOf(a) - rankOf(b) ||
    Number(isLate(b)) - Number(isLate(a)) ||
    bindingOf(a) - bindingOf(b) ||
    compareText(a.source, b.source) ||
    compareText(a.ticket, b.ticket) ||
    compareInTicket(a, b)
  );
}

/** Whether the promise is kept, late, or neither (running, paused, cancelled, measured). */
export function verdictOf({ outcome }: Pick<ClockView, 'outcome'>): 'kept' | 'late' | null {
  if (outcome === 'met') return 'kept';
  return outcome === 'breached' || outcome === 'missed' ? 'late' : null;
}

function kindsOf(a: ClockView, b: ClockView): VerdictChangeKind[] {
  const kinds: VerdictChangeKind[] = [];
  const [verdictA, verdictB] = [verdictOf(a), verdictOf(b)];
  if (verdictA !== verdictB && verdictB === 'late') kinds.push(verdictA === 'kept' ? 'kept_to_late' : 'becomes_late');
  else if (verdictA !== verdictB && verdictA === 'late')
    kinds.push(verdictB === 'kept' ? 'late_to_kept' : 'no_longer_late');
  else if (verdictA !== verdictB || (verdictA === null && a.outcome !== b.outcome)) kinds.push('outcome_differs');
  if (a.targetMs === null || b.targetMs === null) {
    if (b.targetMs !== null) kinds.push('deadline_only_in_b');
    if (a.targetMs !== null) kinds.push('deadline_only_in_a');
  } else if (a.dueAt !== null && b.dueAt !== null) {
    if (a.dueAt !== b.dueAt) kinds.push(b.dueAt < a.dueAt ? 'due_earlier' : 'due_later');
  } else if (verdictA === verdictB && a.remainingMs !== b.remainingMs) {
    kinds.push((b.remainingMs ?? 0) < (a.remainingMs ?? 0) ? 'less_remaining' : 'more_remaining');
  }
  if (a.commitment !== b.commitment) kinds.push('commitment_differs');
  if (a.priority !== b.priority) kinds.push('priority_differs');
  return kinds;
}

function absence(kind: 'only_in_a' | 'only_in_b', a: JudgedTicket, b: JudgedTicket): VerdictChangeKind[] {
  const kinds: VerdictChangeKind[] = [kind];
  if ((a.notCovered === null) !== (b.notCovered === null)) kinds.push('coverage_differs');
  if (a.priority !== b.priority) kinds.push('priority_differs');
  return kinds;
}

/** Clocks by target, promise, the event that began the cycle, and which of several such cycles it is. */
function byCycle(clocks: readonly JudgedClock[], nameOf: (promise: string) => string): Map<string, JudgedClock> {
  const found = new Map<string, JudgedClock>();
  for (const judged of [...clocks].sort((a, b) => a.clock.cycle - b.clock.cycle)) {
    const { target, promise, cycleKey } = judged.clock;
    let nth = 0;
    const keyed = (): string => JSON.stringify([target, nameOf(promise), cycleKey, nth]);
    while (found.has(keyed())) nth++;
    found.set(keyed(), judged);
  }
  return found;
}

function rankOf({ kinds: [kind] }: VerdictChange): number {
  return kind ? changeKinds.indexOf(kind) : changeKinds.length;
}

function isLate({ a, b }: VerdictChange): boolean {
  return [a, b].some((judged) => judged !== null && verdictOf(judged.clock) === 'late');
}

/** The stronger of both commitments. */
function bindingOf({ a, b }: VerdictChange): number {
  return Math.min(
    ...[a, b].map((judged) => (judged ? commitments.indexOf(judged.clock.commitment) : commitments.length)),
  );
}

/** The same whichever side is A. */
function compareInTicket(x: VerdictChange, y: VerdictChange): number {
  return (
    placeOf(x) - placeOf(y) ||
    beginOf(x) - beginOf(y) ||
    compareText(namesOf(x), namesOf(y)) ||
    compareText(cycleKeyOf(x), cycleKeyOf(y)) ||
    cycleOf(x) - cycleOf(y)
  );
}

function placeOf({ target }: VerdictChange): number {
  return target === null ? -1 : targets.indexOf(target);
}

function beginOf({ a, b }: VerdictChange): number {
  return Math.min(a?.clock.startedAt ?? Infinity, b?.clock.startedAt ?? Infinity);
}

function namesOf({ a, b }: VerdictChange): string {
  return [a?.clock.promise ?? '', b?.clock.promise ?? ''].sort().join('\u0000');
}

function cycleKeyOf({ a, b }: VerdictChange): string {
  return (a ?? b)?.clock.cycleKey ?? '';
}

function cycleOf({ a, b }: VerdictChange): number {
  return Math.min(a?.clock.cycle ?? Infinity, b?.clock.cycle ?? Infinity);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
