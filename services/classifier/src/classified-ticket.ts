import { decidePriorities, toPriorityInput, type DecisionRecord, type PriorityInput } from '@punctual/classification';
import {
  FORGOTTEN,
  type CoverageDecision,
  type Instant,
  type PriorityDecision,
  type TicketEvent,
} from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { courseAfter, unheardCourse, type TicketCourse } from './ticket-course.js';

/** A ticket as the classifier stores it: what its events say about priority, and the decisions that follow. */
export interface ClassifiedTicket {
  readonly source: string;
  readonly ticket: string;
  /** Fixed by the ticket's first record. */
  readonly policy: string;
  readonly policyVersion: string;
  /** As far as known: the earliest claim, or the first record's event where none claims. Epoch ms. */
  readonly createdAt: Instant;
  readonly creationClaimed: boolean;
  readonly revision: number;
  readonly inputs: readonly PriorityInput[];
  readonly priorityHistory: readonly PriorityDecision[];
  readonly coverageHistory: readonly CoverageDecision[];
  readonly course: TicketCourse;
  /** Ids of those who are the requester, as they were heard of: by them whoever erases a person finds the ticket. */
  readonly requesters: readonly string[];
  /** Since when only policy and revision are kept of it; null while it can be classified. Epoch ms. */
  readonly removedAt: Instant | null;
  /** Why its events cannot be classified; null while they can. */
  readonly quarantined: string | null;
}

/** When a ticket was created once `event` is known, too. */
export function creationAfter(
  ticket: Pick<ClassifiedTicket, 'createdAt' | 'creationClaimed'> | null,
  event: TicketEvent,
): Pick<ClassifiedTicket, 'createdAt' | 'creationClaimed'> {
  const claims = [event.data.ticket?.createdAt, event.type === 'ticket.created' ? event.occurredAt : undefined];
  const known = claims.filter((claim) => claim !== undefined);
  if (ticket?.creationClaimed) known.push(ticket.createdAt);
  if (known.length > 0) return { createdAt: Math.min(...known), creationClaimed: true };
  return { createdAt: Math.min(ticket?.createdAt ?? event.occurredAt, event.occurredAt), creationClaimed: false };
}

/** A ticket before its first event is taken in. */
export function newTicket(event: TicketEvent, policy: string, policyVersion: string): ClassifiedTicket {
  return {
    source: event.source,
    ticket: event.ticket,
    policy,
    policyVersion,
    ...creationAfter(null, event),
    revision: 0,
    inputs: [],
    priorityHistory: [],
    coverageHistory: [],
    course: unheardCourse,
    requesters: [],
    removedAt: null,
    quarantined: null,
  };
}

/** More have no room: a ticket has one requester, by one id or another. */
const MOST_REQUESTERS = 20;

/** Who the requester is once `event` is known, too; the same list where it says nothing new. */
function requestersAfter(requesters: readonly string[], { data: { actor } }: TicketEvent): readonly string[] {
  if (actor?.role !== 'requester' || actor.id === undefined || actor.id === FORGOTTEN) return requesters;
  if (requesters.includes(actor.id) || requesters.length >= MOST_REQUESTERS) return requesters;
  return [...requesters, actor.id];
}

/** The ticket with an event taken in, and the decisions where they were taken anew. */
export interface TakenIn {
  readonly ticket: ClassifiedTicket;
  readonly decisions: readonly DecisionRecord[] | null;
}

/**
 * Takes an event in. Most events say nothing of a ticket's priority, its requester or its end: then the ticket is given back as the same object, and need not be
 * saved. Pure; throws only for bugs, which are that ticket's trouble alone.
 */
export function takeIn(before: ClassifiedTicket, event: TicketEvent, policy: CompiledPolicy): TakenIn {
  const input = toPriorityInput(event);
  const creation = creationAfter(before, event);
  const keepsCreation = creation.createdAt === before.createdAt && creation.creationClaimed === before.creationClaimed;
  const course = courseAfter(before.course, event);
  const requesters = requestersAfter(before.requesters, event);
  const isSame = keepsCreation && course === before.course && requesters === before.requesters;
  const created = isSame ? before : { ...before, ...creation, course, requesters };
  if (input === null && policy.version === before.policyVersion) return { ticket: created, decisions: null };
  const inputs = input === null ? before.inputs : [...before.inputs, input];
  const { priorityHistory, coverageHistory, decisions } = decidePriorities(inputs, policy);
  const changed =
    JSON.stringify([priorityHistory, coverageHistory]) !==
    JSON.stringify([before.priorityHistory, before.coverageHistory]);
  const revision = changed ? before.revision + 1 : before.revision;
  const ticket = { ...created, policyVersion: policy.version, inputs, revision, priorityHistory, coverageHistory };
  return { ticket, decisions };
}
