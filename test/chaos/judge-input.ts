import { ticketPartition, type TicketEvent } from '@punctual/contracts';
import type { Complaint } from './complaint.js';
import { PARTITIONS } from './deployment.js';
import { eventsIn, type HeardLog } from './log-reader.js';
import { SOURCE, type Delivery } from './ticket-load.js';

/**
 * Holds what intake and classifier put on the log to what was sent. Every event acknowledged is there, and before every watermark of a later
 * time; none stands there more often than it was sent. The classifier passes each event on once, in that order.
 */
export function judgeInput(tickets: ReadonlyMap<string, readonly Delivery[]>, log: HeardLog): Complaint[] {
  const deliveries = new Map([...tickets.values()].flat().map((delivery) => [delivery.event.id, delivery]));
  const { complaints, first, times } = readReceived(deliveries, log.received);
  for (const [id, { event, attempts, acknowledgedAt }] of deliveries) {
    const { ticket } = event;
    const count = times.get(id) ?? 0;
    if (acknowledgedAt !== null && count === 0) complaints.push({ ticket, kind: 'lost', what: `received no ${id}` });
    if (count > attempts)
      complaints.push({ ticket, kind: 'twice', what: `received ${id} ${count} times, sent ${attempts}` });
  }
  for (const { value } of log.deadLetters)
    complaints.push({ ticket: '', kind: 'dead_letter', what: JSON.stringify(value).slice(0, 300) });
  return [...complaints, ...judgePassing(first, log.classified)];
}

interface Received {
  readonly complaints: Complaint[];
  /** Each partition's events in the order of their first standing. */
  readonly first: readonly TicketEvent[][];
  /** How often each event stands there, by its id (and each watermark, by a name). */
  readonly times: ReadonlyMap<string, number>;
}

function readReceived(deliveries: ReadonlyMap<string, Delivery>, received: HeardLog['received']): Received {
  const complaints: Complaint[] = [];
  const first = Array.from({ length: PARTITIONS }, (): TicketEvent[] => []);
  const times = new Map<string, number>();
  const timeOf = new Map<number, number>();
  for (const { partition, value } of received) {
    const time = timeOf.get(partition) ?? 0;
    if (value.kind === 'watermark') {
      const name = `watermark ${value.at} of partition ${partition}`;
      times.set(name, (times.get(name) ?? 0) + 1);
      if (times.get(name) === 2) complaints.push({ ticket: '', kind: 'twice', what: `received ${name}` });
      // One whose acknowledgement never came may land behind a later one; time does not go back for it.
      timeOf.set(partition, Math.max(time, value.at));
    }
    for (const event of eventsIn(value)) {
      const { id, ticket } = event;
      const delivery = deliveries.get(id);
      times.set(id, (times.get(id) ?? 0) + 1);
      if (delivery === undefined) complaints.push({ ticket, kind: 'false', what: `received ${id}, which nobody sent` });
      if (partition !== ticketPartition(SOURCE, ticket, PARTITIONS))
        complaints.push({ ticket, kind: 'order', what: `received ${id} in another partition than its ticket's` });
      if (times.get(id) !== 1) continue;
      first[partition]?.push(event);
      const acknowledgedAt = delivery?.acknowledgedAt ?? Infinity;
      if (acknowledgedAt < time)
        complaints.push({ ticket, kind: 'overtaken', what: `${id}, acknowledged at ${acknowledgedAt}, by ${time}` });
    }
  }
  return { complaints, first, times };
}

function judgePassing(first: Received['first'], classified: HeardLog['classified']): Complaint[] {
  const complaints: Complaint[] = [];
  const passed = Map.groupBy(classified, ({ partition }) => partition);
  for (const [partition, expected] of first.entries()) {
    const found = (passed.get(partition) ?? []).flatMap(({ value }) => eventsIn(value));
    const known = new Set<string>();
    for (const { id, ticket } of found) {
      if (known.has(id)) complaints.push({ ticket, kind: 'twice', what: `classified ${id}` });
      known.add(id);
    }
    const lost = expected.filter(({ id }) => !known.has(id));
    for (const { id, ticket } of lost) complaints.push({ ticket, kind: 'lost', what: `classified no ${id}` });
    const place = found.findIndex(({ id }, index) => id !== expected[index]?.id);
    const misplaced = found[place];
    if (misplaced === undefined || lost.length > 0 || known.size < found.length) continue;
    const what = `classified ${misplaced.id} where ${expected[place]?.id} was due`;
    complaints.push({ ticket: misplaced.ticket, kind: 'order', what });
  }
  return complaints;
}
