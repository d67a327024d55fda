import type { Instant, SlaEventType } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { elapsedAt, stretchSentence } from './clock.js';
import { contentKey, type Draft } from './draft.js';
import { reasonFor, targetNames } from './reasons.js';
import type { ClockState, TicketState } from './ticket-state.js';

/** What is said: its kind, when it took effect, what caused it and why. */
export interface Word {
  readonly type: SlaEventType;
  readonly at: Instant;
  /** Id of the event that caused it; null where time or the policy did. */
  readonly cause: string | null;
  readonly reasonCode: string;
  /** The label of the threshold it speaks of; null where it speaks of none. */
  readonly threshold: string | null;
  /** In place of the sentence of its reason code. */
  readonly reason?: string;
  readonly refusal?: Draft['refusal'];
  readonly escalation?: Draft['escalation'];
}

/** What is said of a clock as it stands. `terms` are null where none are left to count by: then it is said as counted so far. */
export function draftOfClock(ticket: TicketState, clock: ClockState, terms: PromiseTerms | null, word: Word): Draft {
  const { type, at, cause, reasonCode, threshold } = word;
  const { breachedAt, elapsedAtBreach, targetMs } = clock;
  const elapsedMs = terms ? elapsedAt(clock, terms, at) : clock.elapsed;
  const ended = clock.stoppedAt !== null;
  const parts = clockParts(ticket, clock, type, at, cause);
  if (threshold !== null) parts.push(threshold);
  if (word.escalation) parts.push(word.escalation.raised);
  return {
    type,
    promise: clock.promise,
    commitment: clock.commitment,
    target: clock.target,
    cycle: clock.cycle,
    cycleKey: clock.cycleKey,
    priority: clock.priority,
    policyVersion: ticket.policyVersion,
    at,
    startedAt: clock.startedAt,
    dueAt: breachedAt ?? clock.dueAt,
    elapsedMs,
    remainingMs: targetMs === null ? null : Math.max(0, targetMs - elapsedMs),
    lateMs: ended && elapsedAtBreach !== null ? elapsedMs - elapsedAtBreach : null,
    lateWallMs: clock.stoppedAt !== null && breachedAt !== null ? clock.stoppedAt - breachedAt : null,
    cause,
    reasonCode,
    reason: word.reason ?? `${sentence(type, reasonCode, clock, threshold)}${longerFor(type, clock, terms)}`,
    threshold,
    refusal: null,
    escalation: word.escalation ?? null,
    attributes: whose(ticket),
    key: contentKey(parts),
  };
}

/** An objective is missed; every other promise is breached. */
export function breachTypeOf({ commitment }: Pick<ClockState, 'commitment'>): SlaEventType {
  return commitment === 'objective' ? 'sla.clock.missed' : 'sla.clock.breached';
}

function clockParts(
  { source, ticket, policyVersion }: TicketState,
  { promise, target, cycleKey }: ClockState,
  type: SlaEventType,
  at: Instant,
  cause: string | null,
): (string | number | null)[] {
  return [type, source, ticket, promise, target, cycleKey, policyVersion, at, cause];
}

/** Something said of the ticket rather than of a clock. */
export function draftOfTicket(ticket: TicketState, word: Word, reason: string): Draft {
  const { type, at, cause, reasonCode } = word;
  const { source, policyVersion } = ticket;
  const parts = [type, source, ticket.ticket, null, null, null, policyVersion, at, cause, reasonCode];
  if (word.escalation) parts.push(word.escalation.raised);
  return {
    type,
    promise: null,
    commitment: null,
    target: null,
    cycle: null,
    cycleKey: null,
    priority: ticket.priority,
    policyVersion,
    at,
    startedAt: null,
    dueAt: null,
    elapsedMs: null,
    remainingMs: null,
    lateMs: null,
    lateWallMs: null,
    cause,
    reasonCode,
    reason,
    threshold: null,
    refusal: word.refusal ?? null,
    escalation: word.escalation ?? null,
    attributes: whose(ticket),
    key: contentKey(parts),
  };
}

/** A clock that starts says for whose holiday its target is longer. */
function longerFor(type: SlaEventType, clock: ClockState, terms: PromiseTerms | null): string {
  const longer = type === 'sla.clock.started' && terms !== null ? stretchSentence(terms, clock.startedAt) : null;
  return longer === null ? '' : `; ${longer.charAt(0).toLowerCase()}${longer.slice(1)}`;
}

function whose({ attributes: { customer, plan, tier } }: TicketState): Draft['attributes'] {
  return { customer, plan, tier };
}

function sentence(type: SlaEventType, reasonCode: string, clock: ClockState, threshold: string | null): string {
  const name = targetNames[clock.target];
  const what = reasonFor(reasonCode, clock.target);
  switch (type) {
    case 'sla.clock.met':
      return `The ${name} was in time: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
    case 'sla.clock.completed':
      return `The ${name} came${clock.breachedAt === null ? '' : ' late'}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
    case 'sla.clock.warning':
      return `${what} (${threshold ?? ''})`;
    default:
      return what;
  }
}
