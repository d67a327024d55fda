import type { AskedInText, TicketEvent } from '@punctual/contracts';
import { naming } from './say-escalation.js';

/**
 * What a ticket event says happened, in one line for a support lead: who by role, what, and in brackets how a clock reads it. No text a
 * person wrote and nobody's id is part of it. SLA-SEMANTICS §8.
 */
export function sayEvent(event: TicketEvent): string {
  switch (event.type) {
    case 'ticket.created':
      return `${created[event.data.origin]}${event.data.channel === undefined ? '' : ` by ${event.data.channel}`}${related(event.data.related)}`;
    case 'ticket.message.added':
      return `${sayMessage(event.data)}${asking(event.asks)}`;
    case 'ticket.status.changed':
      return `The status became ${event.data.status.name} (${categories[event.data.status.category]})`;
    case 'ticket.priority.changed':
      return `${who(event)} set the priority to ${event.data.priority}${kindOf(event.data.kind)}`;
    case 'ticket.assignment.changed':
      return sayAssignment(event.data.assignee);
    case 'ticket.plan.changed':
      return `The customer's plan became ${event.data.plan ?? 'another one'}${kindOf(event.data.kind)}`;
    case 'ticket.fields.changed':
      return `Fields of the ticket changed${kindOf(event.data.kind)}${related(event.data.related)}`;
    case 'ticket.request.made':
      return requests[event.data.request];
    case 'ticket.waiver.granted':
      return `${who(event)} waived the breach of '${event.data.promise}'`;
    case 'ticket.waiver.withdrawn':
      return `${who(event)} withdrew a waiver`;
    case 'ticket.escalation.acknowledged':
      return `${who(event)} took up an escalation`;
    case 'ticket.escalation.resolved':
      return `${who(event)} said that an escalation is settled${naming(event.data)}`;
    case 'ticket.queue.deviated':
      return `${who(event)} took the ticket before its turn`;
    case 'ticket.queue.restored':
      return `${who(event)} put the ticket back to its turn`;
    case 'ticket.merged':
      return `The ticket was ${event.data.transfer ? 'transferred' : 'merged'} into ${event.data.into}`;
    case 'ticket.deleted':
      return event.data.spam ? 'The ticket was marked as spam' : 'The ticket was deleted';
    case 'ticket.restored':
      return 'The ticket was restored';
  }
}

const created = {
  requester: 'The requester opened the ticket',
  on_behalf: 'An agent opened the ticket on behalf of the requester',
  outbound: 'An agent opened the ticket by writing first',
} as const;

const categories = {
  open: 'open',
  waiting_requester: 'waiting for the requester',
  waiting_other: 'waiting for somebody other than the requester',
  solved: 'solved',
  closed: 'closed for good',
} as const;

const requests = {
  update: 'The requester asked for an update',
  elevation: 'The requester asked for a higher priority',
  concern: 'The requester is worried about the service',
  escalation: 'The requester asked for an escalation',
} as const;

const roles = {
  requester: 'The requester',
  participant: 'A participant',
  agent: 'An agent',
  bot: 'A bot',
  system: 'The system',
} as const;

function who({ data }: TicketEvent): string {
  return data.actor === undefined ? 'Somebody' : roles[data.actor.role];
}

function sayMessage({
  actor,
  visibility,
  autoReply,
}: Extract<TicketEvent, { type: 'ticket.message.added' }>['data']): string {
  const author = roles[actor.role];
  if (autoReply) return `${author} sent an automatic reply, which starts and stops nothing by itself`;
  if (visibility === 'internal') return `${author} left an internal note`;
  return actor.role === 'agent' ? `${author} replied in public` : `${author} wrote`;
}

function asking(asks: AskedInText | undefined): string {
  return asks === undefined ? '' : `, by the words “${asks.cue}” asking for ${asked[asks.request]}`;
}

const asked = { update: 'an update', elevation: 'a higher priority', escalation: 'an escalation' } as const;

function sayAssignment({
  person,
  team,
}: Extract<TicketEvent, { type: 'ticket.assignment.changed' }>['data']['assignee']): string {
  if (person === null && team === null) return 'The assignment was taken away';
  const toPerson = person === null ? null : 'a person';
  const toTeam = team === null ? null : `team ${team}`;
  return `The ticket was assigned to ${[toPerson, toTeam].filter((part) => part !== null).join(' in ')}`;
}

function related(tickets: readonly string[] = []): string {
  return tickets.length === 0 ? '' : `; it names ${tickets.join(', ')} as related`;
}

function kindOf(kind: 'correction' | 'change' | undefined): string {
  return kind === 'correction' ? ', as a correction from the start' : '';
}
