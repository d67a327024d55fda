import type { Assignment, TicketEvent, TicketEventType } from '@punctual/contracts';
import type { Scenario, TimelineLine } from './scenario.js';

/** The source that a scenario's events name. */
export const SCENARIO_SOURCE = 'scenario';

type Written<T extends TicketEventType> = Extract<TicketEvent, { type: T }>['data'];

/** The ticket events of a scenario, in the order written: `created` first, then one for each line. Ids are `created`, `line-1`, … */
export function scenarioEvents(scenario: Scenario): TicketEvent[] {
  const header = (id: string, occurredAt: number, sequence: number) => ({
    id,
    source: SCENARIO_SOURCE,
    ticket: scenario.ticket.id,
    occurredAt,
    receivedAt: null,
    sequence,
  });
  return [
    { ...header('created', scenario.ticket.createdAt, 0), type: 'ticket.created', data: created(scenario.ticket) },
    ...scenario.timeline.map((line, index): TicketEvent => {
      const head = header(`line-${index + 1}`, line.at, index + 1);
      return { ...head, ...lineEvent(line) } as TicketEvent;
    }),
  ];
}

function created(ticket: Scenario['ticket']): Written<'ticket.created'> {
  const { id: _id, createdAt: _at, assumed: _why, assign, origin, ...rest } = ticket;
  return {
    ...present(rest),
    origin,
    actor: { role: origin === 'requester' ? 'requester' : 'agent' },
    ...(assign === undefined ? {} : { assignee: assignment(assign) }),
  };
}

type EventBody = { [T in TicketEventType]: { readonly type: T; readonly data: Written<T> } }[TicketEventType];

function lineEvent(line: TimelineLine): EventBody {
  const { reply, message, note, status, assign, priority, plan, fields, request, deviate, merged, related } = line;
  const { acknowledge, resolve } = line;
  const actor = line.by === undefined ? {} : { actor: { role: line.by } };
  if (reply !== undefined) return messageAdded(line, reply, 'public');
  if (message !== undefined) return messageAdded(line, message, 'public');
  if (note !== undefined) return messageAdded(line, note, 'internal');
  if (status !== undefined) return { type: 'ticket.status.changed', data: { ...actor, status } };
  if (assign !== undefined)
    return { type: 'ticket.assignment.changed', data: { ...actor, assignee: assignment(assign) } };
  if (priority !== undefined) {
    const data = {
      actor: { role: line.by ?? ('agent' as const) },
      priority,
      ...present({ kind: line.kind, reason: line.reason }),
    };
    return { type: 'ticket.priority.changed', data };
  }
  if (plan !== undefined) return { type: 'ticket.plan.changed', data: { ...actor, plan, kind: line.kind ?? 'change' } };
  if (fields !== undefined)
    return {
      type: 'ticket.fields.changed',
      data: { ...actor, fields, ...present({ channel: line.channel }), kind: line.kind ?? 'change' },
    };
  if (related !== undefined)
    return { type: 'ticket.fields.changed', data: { ...actor, related, kind: line.kind ?? 'change' } };
  if (request !== undefined) {
    const data = {
      actor: { role: 'requester' as const },
      request,
      ...present({ priority: line.to, channel: line.channel, supplied: line.supplied }),
    };
    return { type: 'ticket.request.made', data };
  }
  if (acknowledge !== undefined) return { type: 'ticket.escalation.acknowledged', data: answerTo(acknowledge, line) };
  if (resolve !== undefined) {
    const data = { ...answerTo(resolve, line), ...present({ resources: line.resources }) };
    return { type: 'ticket.escalation.resolved', data };
  }
  if (deviate !== undefined)
    return { type: 'ticket.queue.deviated', data: { actor: { role: line.by ?? 'agent' }, reason: deviate } };
  if (merged !== undefined) return { type: 'ticket.merged', data: { ...actor, into: merged, transfer: false } };
  if (line.deleted === true) return { type: 'ticket.deleted', data: { ...actor, spam: false } };
  return { type: 'ticket.restored', data: { ...actor } };
}

function answerTo(escalation: 'latest' | number, { by, reason }: TimelineLine) {
  const named = escalation === 'latest' ? {} : { request: `line-${escalation}` };
  return { actor: { role: by ?? ('agent' as const) }, ...named, ...present({ reason }) };
}

function messageAdded(
  line: TimelineLine,
  role: 'requester' | 'participant' | 'agent' | 'bot' | 'system',
  visibility: 'public' | 'internal',
): EventBody {
  const data = { actor: { role }, visibility, autoReply: line.autoReply ?? false, ...present({ body: line.body }) };
  return { type: 'ticket.message.added', data };
}

function assignment({ person, team }: { person?: string | undefined; team?: string | undefined }): Assignment {
  return { person: person ?? null, team: team ?? null };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Present<T>;
}
