import { parseInstant, type TicketEvent, type TicketEventData, type TicketEventType } from '@punctual/contracts';

/** An instant as a test writes it: epoch ms, or ISO-8601 with an offset. */
export type At = number | string;

type Details<T extends TicketEventType> = Partial<TicketEventData<T>>;
type Category = TicketEventData<'ticket.status.changed'>['status']['category'];

/** Writes one ticket's events, such as `ticket.agentReplies('2026-03-02T09:30:00Z')`. */
export interface TicketStory {
  readonly source: string;
  readonly ticket: string;
  /** The requester opens the ticket. */
  created(at: At, details?: Details<'ticket.created'>): TicketEvent;
  requesterWrites(at: At, details?: Details<'ticket.message.added'>): TicketEvent;
  agentReplies(at: At, details?: Details<'ticket.message.added'>): TicketEvent;
  /** An agent's note that the requester does not see. */
  agentNotes(at: At, details?: Details<'ticket.message.added'>): TicketEvent;
  status(at: At, category: Category, name?: string): TicketEvent;
  priority(at: At, priority: string, details?: Details<'ticket.priority.changed'>): TicketEvent;
  assigned(at: At, assignee: { readonly person?: string | null; readonly team?: string | null }): TicketEvent;
  plan(at: At, details: Details<'ticket.plan.changed'>): TicketEvent;
  fields(at: At, details: Details<'ticket.fields.changed'>): TicketEvent;
  requests(
    at: At,
    request: TicketEventData<'ticket.request.made'>['request'],
    details?: Details<'ticket.request.made'>,
  ): TicketEvent;
  merged(at: At, into: string): TicketEvent;
  deleted(at: At): TicketEvent;
  restored(at: At): TicketEvent;
  /** Any event, with the data as given. */
  event<T extends TicketEventType>(type: T, at: At, data: TicketEventData<T>): TicketEvent;
}

/**
 * A ticket of a test. Its events get the ids `<ticket>-1`, `<ticket>-2`, … in the order in which they are written, no sequence, and
 * count as received when they happened.
 */
export function aTicket(ticket = 'T-1', source = 'desk'): TicketStory {
  let written = 0;
  const event = <T extends TicketEventType>(type: T, at: At, data: TicketEventData<T>): TicketEvent => {
    written += 1;
    const occurredAt = toInstant(at);
    return {
      id: `${ticket}-${written}`,
      source,
      ticket,
      type,
      occurredAt,
      receivedAt: occurredAt,
      sequence: -1,
      data,
    } as TicketEvent;
  };
  const message = (at: At, role: 'requester' | 'agent', details: Details<'ticket.message.added'>): TicketEvent =>
    event('ticket.message.added', at, { actor: { role }, visibility: 'public', autoReply: false, ...details });
  return {
    source,
    ticket,
    event,
    created: (at, details = {}) => event('ticket.created', at, { origin: 'requester', ...details }),
    requesterWrites: (at, details = {}) => message(at, 'requester', details),
    agentReplies: (at, details = {}) => message(at, 'agent', details),
    agentNotes: (at, details = {}) => message(at, 'agent', { visibility: 'internal', ...details }),
    status: (at, category, name = category) => event('ticket.status.changed', at, { status: { name, category } }),
    priority: (at, priority, details = {}) =>
      event('ticket.priority.changed', at, { actor: { role: 'agent' }, ...details, priority }),
    assigned: (at, { person = null, team = null }) =>
      event('ticket.assignment.changed', at, { assignee: { person, team } }),
    plan: (at, details) => event('ticket.plan.changed', at, { kind: 'change', ...details }),
    fields: (at, details) => event('ticket.fields.changed', at, { kind: 'change', ...details }),
    requests: (at, request, details = {}) =>
      event('ticket.request.made', at, { actor: { role: 'requester' }, ...details, request }),
    merged: (at, into) => event('ticket.merged', at, { into, transfer: false }),
    deleted: (at) => event('ticket.deleted', at, { spam: false }),
    restored: (at) => event('ticket.restored', at, {}),
  };
}

function toInstant(at: At): number {
  const instant = typeof at === 'number' ? at : parseInstant(at);
  if (instant === null || !Number.isFinite(instant))
    throw new RangeError(`'${at}' is not an ISO-8601 instant with an offset`);
  return instant;
}
