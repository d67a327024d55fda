// What a helpdesk sends: the tickets of tickets.mjs with the words people write, as records of `tickets.received`.
import { ticketPartition } from '@punctual/contracts';
import { randomFrom } from '../measure.mjs';
import { ticket } from '../tickets.mjs';

export const SOURCE = 'bench';
export const POLICY = 'rego';

const hour = 3_600_000;

const subjects = [
  'Production is down for all users since this morning',
  'Reports are slow on staging',
  'How do I add a column to the export?',
  'Login fails for one user after the password was changed',
];
const words =
  'Hello, since the update of yesterday evening the nightly export does not finish any more. We have tried it twice and see the same ' +
  'error in the log each time. Please tell us what you need from us to find the cause. Kind regards';

/**
 * The events of `tickets` tickets in the order of their instants. Between two events of one ticket lie hours, so that nearly every event
 * is folded by itself, as it is at one watermark a second.
 */
export function loadEvents(tickets, begin = Date.UTC(2026, 0, 5, 14)) {
  const random = randomFrom(23);
  const apart = (14 * 24 * hour) / tickets;
  const events = [];
  for (let index = 0; index < tickets; index += 1) {
    let at = begin + index * apart;
    let before = at;
    for (const event of ticket(`T-${index}`, at, random).events) {
      at += Math.max(event.occurredAt - before, Math.floor((2 + random() * 4) * hour));
      before = event.occurredAt;
      events.push({ ...event, occurredAt: at, receivedAt: at + 900, data: { ...event.data, ...said(event, random) } });
    }
  }
  return events.sort((a, b) => a.occurredAt - b.occurredAt);
}

function said({ type }, random) {
  if (type === 'ticket.message.added') return { body: words };
  if (type !== 'ticket.created') return {};
  return { subject: subjects[Math.floor(random() * subjects.length)], body: words };
}

/** An event as intake publishes it. */
export function received(event, partitions) {
  return {
    topic: 'tickets.received',
    partition: ticketPartition(event.source, event.ticket, partitions),
    key: `${event.source}/${event.ticket}`,
    value: { kind: 'event', event, policy: POLICY },
  };
}

/** A watermark on every partition. */
export function watermark(at, partitions) {
  return Array.from({ length: partitions }, (_, partition) => ({
    topic: 'tickets.received',
    partition,
    key: 'watermark',
    value: { kind: 'watermark', at, sources: {} },
  }));
}
