// The tickets the engine benchmark folds: what a support desk's tickets look like, made from a seed.

const minute = 60_000;
const message = (role) => ['ticket.message.added', { actor: { role }, visibility: 'public', autoReply: false }];
const note = ['ticket.message.added', { actor: { role: 'agent' }, visibility: 'internal', autoReply: false }];
const status = (name, category) => ['ticket.status.changed', { status: { name, category } }];

/** The fifteen events of a ticket, each with the longest gap before it, in minutes. */
const course = [
  [0, 'ticket.created', { origin: 'requester', customer: 'acme', channel: 'web' }],
  [10, 'ticket.assignment.changed', { assignee: { person: null, team: 'first-line' } }],
  [20, 'ticket.assignment.changed', { assignee: { person: 'p-1', team: 'first-line' } }],
  [90, ...message('agent')],
  [5, ...status('pending', 'waiting_requester')],
  [600, ...message('requester')],
  [30, ...note],
  [10, ...status('open', 'open')],
  [60, 'ticket.request.made', { request: 'update' }],
  [120, ...message('agent')],
  [300, 'ticket.priority.changed', { priority: 'Severity 2', kind: 'change' }],
  [200, ...message('requester')],
  [90, ...message('agent')],
  [30, ...status('solved', 'solved')],
  [4000, ...status('closed', 'closed')],
];

/** `{ id, events, decisions }` of one ticket; decisions are the classifier's, as known at the end. */
export function ticket(id, begin, random) {
  let at = begin;
  const events = course.map(([gap, type, data], index) => {
    at += Math.floor(random() * gap * minute) + 1;
    return event(id, index, at, type, data);
  });
  const changed = events.find(({ type }) => type === 'ticket.priority.changed');
  return {
    id,
    events,
    decisions: [
      decision(events[0], 'correction', random() < 0.2 ? 'Severity 1' : 'Severity 3'),
      decision(changed, 'change', 'Severity 2'),
    ],
  };
}

/** A created event and `messages` public messages, the requester's and the agent's in turn, ten minutes apart. */
export function conversation(id, begin, messages) {
  const events = [event(id, 0, begin, 'ticket.created', { origin: 'requester', customer: 'acme' })];
  for (let index = 1; index <= messages; index += 1) {
    const [type, data] = message(index % 2 === 0 ? 'agent' : 'requester');
    events.push(event(id, index, begin + index * 10 * minute, type, data));
  }
  return { id, events, decisions: [decision(events[0], 'correction', 'Severity 3')] };
}

function event(ticketId, index, occurredAt, type, data) {
  return {
    id: `${ticketId}-${index}`,
    source: 'bench',
    ticket: ticketId,
    occurredAt,
    receivedAt: null,
    sequence: -1,
    type,
    data,
  };
}

function decision({ id, occurredAt }, kind, priority) {
  return {
    decisionId: `decision-${id}`,
    eventId: id,
    at: occurredAt,
    kind,
    priority,
    by: 'rule',
    status: 'decided',
    rule: 'outage',
    confidence: 0.9,
    needsReview: false,
    reason: 'Production is down for some users',
  };
}
