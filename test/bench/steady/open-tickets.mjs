// The tickets of the benchmark `steady`: open all the time, each in the middle of its course, with clocks that run for hours.

/** When time begins, epoch ms: a Tuesday, in the office hours of New York. */
export const begin = Date.UTC(2026, 2, 3, 15);

export const SOURCE = 'bench';
const minute = 60_000;

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

/** What has happened to a ticket before the load begins, at most half an hour before. */
export function courseSoFar(ticket, place) {
  const createdAt = begin - 30 * minute + (place % 1_000) * 600;
  const actor = { id: 'u-1', role: 'requester' };
  const created = {
    ...{ origin: 'requester', actor, channel: 'portal', customer: 'northwind', product: 'timesheets' },
    ...{ priority: place % 2 === 0 ? 'Severity 3' : 'Severity 4', subject: subjects[place % 3], body: words },
  };
  return [
    event(ticket, 'created', createdAt, 'ticket.created', created),
    event(ticket, 'assigned', createdAt + minute, 'ticket.assignment.changed', {
      assignee: { person: null, team: 'first-line' },
    }),
    event(ticket, 'answered', createdAt + 5 * minute, 'ticket.message.added', said('agent')),
  ];
}

/** What happens to tickets while it is measured; nothing ends one. */
const kinds = [
  ['ticket.message.added', said('requester')],
  ['ticket.message.added', said('agent')],
  ['ticket.message.added', { ...said('agent'), visibility: 'internal' }],
  ['ticket.assignment.changed', { assignee: { person: 'p-1', team: 'first-line' } }],
  ['ticket.status.changed', { status: { name: 'pending', category: 'waiting_requester' } }],
  ['ticket.message.added', said('requester')],
  ['ticket.message.added', said('agent')],
  ['ticket.fields.changed', { fields: { component: 'export' } }],
];

export function happening(ticket, number, at) {
  const [type, data] = kinds[number % kinds.length];
  return event(ticket, `live-${number}`, at, type, data);
}

function said(role) {
  return { actor: { id: `${role}-1`, role }, visibility: 'public', autoReply: false, body: words };
}

function event(ticket, id, occurredAt, type, data) {
  return {
    ...{ id: `${ticket}-${id}`, source: SOURCE, ticket, occurredAt, receivedAt: occurredAt + 200, sequence: -1 },
    ...{ type, data },
  };
}
