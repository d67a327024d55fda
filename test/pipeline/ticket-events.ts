import type { TicketEvent } from '@punctual/contracts';

const MINUTE = 60_000;

/** Events of one ticket, with times in minutes after `start`. */
export function ticketEvents(source: string, ticket: string, start: number) {
  let count = 0;
  const make = (type: string, minute: number, data: Record<string, unknown>, id?: string): TicketEvent => {
    count += 1;
    const occurredAt = start + minute * MINUTE;
    return {
      id: id ?? `${type}-${count}`,
      source,
      ticket,
      type,
      occurredAt,
      receivedAt: occurredAt,
      sequence: -1,
      data,
    } as TicketEvent;
  };
  return {
    created: (minute: number, data: Record<string, unknown> = {}) =>
      make('ticket.created', minute, { origin: 'requester', plan: 'Gold', subject: 'Help', ...data }),
    requester: (minute: number) => message(minute, 'requester'),
    agent: (minute: number) => message(minute, 'agent'),
    status: (minute: number, category: string) =>
      make('ticket.status.changed', minute, { status: { name: category, category } }),
    priority: (minute: number, priority: string, kind?: string) =>
      make('ticket.priority.changed', minute, { priority, actor: { role: 'agent' }, ...(kind ? { kind } : {}) }),
    team: (minute: number, team: string | null) =>
      make('ticket.assignment.changed', minute, { assignee: { person: null, team } }),
    plan: (minute: number, plan: string) => make('ticket.plan.changed', minute, { plan, kind: 'change' }),
    merged: (minute: number) => make('ticket.merged', minute, { into: 'other', transfer: false }),
    restored: (minute: number) => make('ticket.restored', minute, {}),
    make,
  };

  function message(minute: number, role: string): TicketEvent {
    return make('ticket.message.added', minute, {
      actor: { role },
      visibility: 'public',
      autoReply: false,
      body: 'text that must not travel',
    });
  }
}
