import { parseCloudEvent, type Instant, type ReceivedRecord, type TicketEvent } from '@punctual/contracts';
import { ProblemError, type ProblemEntry } from '@punctual/service-kit';
import type { EventRequest } from './event-request.js';

/** How far an event may be dated ahead of its receipt, ms (SLA-SEMANTICS §1). */
export const MAX_AHEAD_MS = 300_000;

/** A broken sender breaks every event alike; the first problems say enough. */
const MOST_PROBLEMS = 100;

/** What intake knows that decides a ticket's policy. */
export interface PolicyChoice {
  /** Whether a version of this policy is published. */
  isPublished(policy: string): boolean;
  /** The policy of a source's tickets. */
  ofSource(source: string): string;
}

/** Checks a request's events one by one; all of them or none is taken. */
export function parseEvents(
  request: EventRequest,
  receivedAt: Instant,
): { readonly events: readonly TicketEvent[]; readonly problems: readonly ProblemEntry[] } {
  const events: TicketEvent[] = [];
  const problems: ProblemEntry[] = [];
  for (const { value, pointer } of request.events) {
    const parsed = parseCloudEvent(value, receivedAt);
    const found = 'problems' in parsed ? parsed.problems : checkEvent(parsed.event, receivedAt);
    problems.push(...found.map((problem) => ({ ...problem, path: `${pointer}${problem.path}` })));
    if (!('problems' in parsed)) events.push(parsed.event);
  }
  return { events, problems };
}

/** What is wrong with a well-formed event at its receipt (epoch ms). */
export function checkEvent(event: TicketEvent, receivedAt: Instant): readonly ProblemEntry[] {
  const problems: ProblemEntry[] = [];
  if (event.occurredAt > receivedAt + MAX_AHEAD_MS) {
    const detail = 'the event is dated more than 5 minutes ahead of its receipt; check the clock of its sender';
    problems.push({ code: 'future_event', path: '/time', detail });
  }
  // It would be the ticket's creation, at which all that is dated before it counts: nothing could be judged before its time came.
  const claimed = event.data.ticket?.createdAt;
  if (claimed !== undefined && claimed > receivedAt + MAX_AHEAD_MS) {
    const detail =
      'the event claims a creation more than 5 minutes ahead of its receipt; check the clock of its sender';
    problems.push({ code: 'future_event', path: '/data/ticket/createdAt', detail });
  }
  // Half a surrogate pair cannot be written as UTF-8, so two such ids would become one on the way.
  if (!event.id.isWellFormed())
    problems.push({ code: 'invalid_field', path: '/id', detail: 'this is not well-formed Unicode' });
  if (!event.ticket.isWellFormed()) {
    problems.push({ code: 'invalid_field', path: '/subject', detail: 'this is not well-formed Unicode' });
  }
  return problems;
}

/**
 * The log's records of checked events: each with the policy its creation names, or else its source's. A ticket's later events carry
 * the source's policy; the classifier keeps the first.
 */
export function toReceivedRecords(
  request: EventRequest,
  events: readonly TicketEvent[],
  policies: PolicyChoice,
): { readonly records: readonly ReceivedRecord[]; readonly problems: readonly ProblemEntry[] } {
  const problems: ProblemEntry[] = [];
  const records = events.map((event, index): ReceivedRecord => {
    const named = event.type === 'ticket.created' ? event.data.policy : undefined;
    if (named !== undefined && !policies.isPublished(named)) {
      const path = `${request.events[index]?.pointer ?? ''}/data/policy`;
      problems.push({
        code: 'unknown_policy',
        path,
        detail: `no policy '${named.slice(0, 60)}' is published; GET /v1/policies lists them`,
      });
    }
    return { kind: 'event', event, policy: named ?? policies.ofSource(event.source) };
  });
  return { records, problems };
}

/** Refuses a request for its problems: under their own code where they share a telling one. */
export function refusal(problems: readonly ProblemEntry[]): ProblemError {
  const codes = new Set(problems.map((problem) => problem.code));
  const [only] = codes;
  const telling = ['unknown_type', 'future_event', 'unknown_policy'];
  const code = codes.size === 1 && only !== undefined && telling.includes(only) ? only : 'invalid_event';
  return new ProblemError({
    status: 422,
    code,
    title: 'Nothing was taken: the events have problems',
    detail: `${problems.length} problem${problems.length === 1 ? '' : 's'}; correct them and send all of it again.`,
    problems: problems.slice(0, MOST_PROBLEMS),
  });
}
