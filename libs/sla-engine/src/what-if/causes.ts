import { formatInstant, type Instant } from '@punctual/contracts';
import { formatDuration } from '../format-duration.js';
import { targetNames } from '../reasons.js';
import type { JudgedClock, JudgedTicket, Stretch } from './judged-ticket.js';

export type CauseCode =
  | 'coverage'
  | 'priority'
  | 'promise'
  | 'commitment'
  | 'start'
  | 'duration'
  | 'calendar'
  | 'pauses'
  | 'effective'
  | 'stop'
  | 'counted';

/** A fact that is not the same under both policies: what it is under A and what under B, in words. */
export interface Cause {
  readonly code: CauseCode;
  readonly a: string;
  readonly b: string;
}

/** How far hours are compared opening by opening; beyond, by what they count in all. */
const COMPARED_HOURS_MS = 28 * 86_400_000;

/** Why the clock of one cycle differs between two policies, the most telling fact first. Empty where no single fact tells them apart. */
export function causesOfDifference(
  ticketA: JudgedTicket,
  a: JudgedClock,
  ticketB: JudgedTicket,
  b: JudgedClock,
): Cause[] {
  const causes: Cause[] = [];
  const add = (code: CauseCode, ofA: string, ofB: string): void => {
    if (ofA !== ofB) causes.push({ code, a: ofA, b: ofB });
  };
  const [x, y] = [a.clock, b.clock];
  if (x.priority !== y.priority) add('priority', priorityOf(ticketA, x.priority), priorityOf(ticketB, y.priority));
  add('commitment', x.commitment, y.commitment);
  add('start', formatInstant(x.startedAt), formatInstant(y.startedAt));
  add('duration', a.duration ?? 'only measured', b.duration ?? 'only measured');
  if (!sameHours(a, b)) {
    const [nameA, nameB] = [a.calendar?.name ?? 'unknown', b.calendar?.name ?? 'unknown'];
    causes.push({ code: 'calendar', a: nameA, b: nameB });
  }
  const until = Math.min(judgedUntil(a), judgedUntil(b));
  const [pausesA, pausesB] = [upTo(until, a.pauses), upTo(until, b.pauses)];
  if (!sameStretches(pausesA, pausesB)) causes.push({ code: 'pauses', a: totalOf(pausesA), b: totalOf(pausesB) });
  if (x.floor !== y.floor) add('effective', effectiveFrom(x.floor), effectiveFrom(y.floor));
  add('stop', stopOf(a), stopOf(b));
  if (causes.length === 0) add('counted', formatDuration(x.elapsedMs), formatDuration(y.elapsedMs));
  return causes;
}

/**
 * Why a cycle runs under one policy only. `counterpart` is the other policy's promise that is paired with it, null where it has none.
 * A cause names both sides in the order A, B.
 */
export function causesOfAbsence(
  side: 'a' | 'b',
  own: JudgedTicket,
  clock: JudgedClock,
  other: JudgedTicket,
  counterpart: string | null,
): Cause[] {
  const inOrder = (code: CauseCode, here: string, there: string): Cause =>
    side === 'a' ? { code, a: here, b: there } : { code, a: there, b: here };
  if (own.notCovered !== other.notCovered && (own.notCovered === null || other.notCovered === null)) {
    return [inOrder('coverage', own.notCovered ?? 'covered', other.notCovered ?? 'covered')];
  }
  const causes: Cause[] = [];
  if (own.priority !== other.priority) {
    causes.push(inOrder('priority', priorityOf(own, own.priority), priorityOf(other, other.priority)));
  }
  const promise = `'${clock.clock.promise}' (${clock.duration ?? 'only measured'})`;
  const target = targetNames[clock.clock.target];
  if (counterpart === null) causes.push(inOrder('promise', promise, `no such ${target}`));
  else if (!other.promised.has(counterpart)) causes.push(inOrder('promise', promise, `no ${target} for this ticket`));
  else causes.push(inOrder('promise', promise, `'${counterpart}', which began no such cycle`));
  return causes;
}

/** One line for people: what differs, B's side first. */
export function sayCauses(causes: readonly Cause[]): string {
  if (causes.length === 0) return 'no single fact tells them apart; explain the ticket under each policy';
  return causes.map(sayCause).join('; ');
}

function sayCause({ code, a, b }: Cause): string {
  switch (code) {
    case 'coverage':
      return b === 'covered' ? `covered, not under A: ${a}` : a === 'covered' ? `not covered: ${b}` : `${b}, not: ${a}`;
    case 'priority':
      return `priority ${b} instead of ${a}`;
    case 'promise':
      return `A promises ${a}, B ${b}`;
    case 'commitment':
      return `${b} instead of ${a}`;
    case 'start':
      return `starts ${b} instead of ${a}`;
    case 'duration':
      return `${b} instead of ${a}`;
    case 'calendar':
      return a === b ? `other hours of '${b}'` : `hours of '${b}' instead of '${a}'`;
    case 'pauses':
      return a === b ? `${b} of pauses at other times` : `paused ${b} instead of ${a}`;
    case 'effective':
      return `its terms hold ${b} instead of ${a}`;
    case 'stop':
      return `${b} instead of ${a}`;
    case 'counted':
      return `counted ${b} instead of ${a}`;
  }
}

/** The priority and what decided it: the last decision for it. */
function priorityOf({ decisions }: JudgedTicket, priority: string | null): string {
  if (priority === null) return 'none';
  const decision = decisions.findLast((candidate) => candidate.priority === priority);
  return decision ? `${priority} (${decision.reason})` : priority;
}

/** Hours are the same where they open and close alike while the clock lives, whatever they are called. */
function sameHours(a: JudgedClock, b: JudgedClock): boolean {
  if (a.calendar === b.calendar) return true;
  if (a.calendar === null || b.calendar === null) return false;
  const from = Math.min(a.clock.startedAt, b.clock.startedAt);
  const to = Math.max(...[a, b].flatMap(({ clock }) => [clock.startedAt, clock.dueAt ?? 0, clock.asOf]));
  const near = Math.min(to, from + COMPARED_HOURS_MS);
  return (
    sameStretches(a.calendar.openIntervals(from, near), b.calendar.openIntervals(from, near)) &&
    a.calendar.worked(near, to) === b.calendar.worked(near, to)
  );
}

function sameStretches(a: readonly Stretch[], b: readonly Stretch[]): boolean {
  return a.length === b.length && a.every(({ from, to }, index) => b[index]?.from === from && b[index]?.to === to);
}

/** Up to when pauses could matter to the verdict. */
function judgedUntil({ clock }: JudgedClock): Instant {
  return clock.breachedAt ?? clock.stoppedAt ?? clock.asOf;
}

function upTo(end: Instant, stretches: readonly Stretch[]): Stretch[] {
  return stretches.filter(({ from }) => from < end).map(({ from, to }) => ({ from, to: Math.min(to, end) }));
}

function totalOf(stretches: readonly Stretch[]): string {
  return formatDuration(stretches.reduce((sum, { from, to }) => sum + to - from, 0));
}

function effectiveFrom(floor: Instant | null): string {
  return floor === null ? 'from the start' : `from ${formatInstant(floor)}`;
}

function stopOf({ clock }: JudgedClock): string {
  if (clock.stoppedAt === null) return 'not stopped';
  const how = clock.phase === 'cancelled' ? 'cancelled' : 'stopped';
  return `${how} ${formatInstant(clock.stoppedAt)} (${clock.reason?.replaceAll('_', ' ') ?? 'no reason'})`;
}
