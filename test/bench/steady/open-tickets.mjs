// The tickets of the benchmark `steady`: open all the time, each in the middle of its course, with clocks that run for hours, are met and start again.

import { builtInPack } from '@punctual/policy';

/** When time begins, epoch ms: a Tuesday, in the office hours of New York. */
export const begin = Date.UTC(2026, 2, 3, 15);

export const SOURCE = 'bench';
const minute = 60_000;
const requester = { id: 'u-1', role: 'requester' };
const agent = { id: 'agent-1', role: 'agent' };

const subjects = [
  'Reports are slow on staging',
  'How do I add a column to the export?',
  'Login fails for one user after the password was changed',
];
const words =
  'Hello, since the update of yesterday evening the nightly export does not finish any more. We have tried it twice and see the same ' +
  'error in the log each time. Please tell us what you need from us to find the cause. Kind regards';

/** As long as the name of a copy, whose digits `0000` are the copy's number (see ../timers/copy-tickets.mjs). */
export function modelName(place) {
  return `T00000-${String(place).padStart(6, '0')}`;
}

export const copies = { from: 'T00000-', to: 'W0' };

export function copyName(place, copy) {
  return `${copies.to}${String(copy).padStart(4, '0')}-${String(place).padStart(6, '0')}`;
}

/** A policy under which clocks go on starting and ending as long as a ticket is open: every message of the requester is owed an answer. */
export function openTicketsPolicy(pack) {
  const document = structuredClone(builtInPack(pack).document);
  document.promises.push({
    id: 'next_reply',
    target: 'next_response',
    commitment: 'target',
    calendar: 'business',
    terms: [{ within: '4h' }],
  });
  return document;
}

/** What has happened to a ticket before the load begins, at most half an hour before; half of them wait for an answer. */
export function courseSoFar(ticket, place) {
  const createdAt = begin - 30 * minute + (place % 1_000) * 600;
  const created = {
    ...{ origin: 'requester', actor: requester, channel: 'portal', customer: 'northwind', product: 'timesheets' },
    ...{ priority: place % 2 === 0 ? 'Severity 3' : 'Severity 4', subject: subjects[place % 3], body: words },
  };
  const course = [
    event(ticket, 'created', createdAt, 'ticket.created', created),
    event(ticket, 'assigned', createdAt + minute, 'ticket.assignment.changed', {
      assignee: { person: null, team: 'first-line' },
    }),
    event(ticket, 'answered', createdAt + 5 * minute, 'ticket.message.added', said(agent)),
  ];
  if (place % 4 < 2) return course;
  return [...course, event(ticket, 'asked', createdAt + 15 * minute, 'ticket.message.added', said(requester))];
}

/** What happens to tickets while it is measured; nothing ends one, and nothing is more of a change the first time than later. */
const kinds = [
  () => ['ticket.message.added', said(requester)],
  () => ['ticket.message.added', said(agent)],
  () => ['ticket.message.added', { ...said(agent), visibility: 'internal' }],
  (number) => ['ticket.assignment.changed', { assignee: { person: `p-${number}`, team: 'first-line' } }],
  (number) => ['ticket.status.changed', { status: statuses[Math.floor(number / kinds.length) % statuses.length] }],
  () => ['ticket.message.added', said(requester)],
  () => ['ticket.message.added', said(agent)],
  (number) => ['ticket.fields.changed', { fields: { component: `export-${number}` } }],
];
const statuses = [
  { name: 'pending', category: 'waiting_requester' },
  { name: 'open', category: 'open' },
];

export function happening(ticket, number, at) {
  const [type, data] = kinds[number % kinds.length](number);
  return event(ticket, `live-${number}`, at, type, data);
}

function said(actor) {
  return { actor, visibility: 'public', autoReply: false, body: words };
}

function event(ticket, id, occurredAt, type, data) {
  return {
    ...{ id, source: SOURCE, ticket, occurredAt, receivedAt: occurredAt + 200, sequence: -1 },
    ...{ type, data },
  };
}
