import { compareTicketEvents, toCloudEvent, type Instant, type TicketEvent } from '@punctual/contracts';
import { compareText, type History } from '../history/read-history.js';

const MOST_EVENTS = 500;
const MOST_BYTES = 512 * 1024;

/** Events to be sent together, and how far time is known once they are. */
export interface EventBatch {
  readonly events: readonly TicketEvent[];
  /** A JSON array of CloudEvents. */
  readonly json: string;
  /** Everything dated up to and including this instant has been sent, epoch ms. */
  readonly sentUpTo: Instant;
}

/** Every event of a history in the order of time; within an instant by source, ticket and the ticket's own order. */
export function inTimeOrder(history: History): TicketEvent[] {
  return history.tickets
    .flatMap(({ events }) => events)
    .sort(
      (a, b) =>
        a.occurredAt - b.occurredAt ||
        compareText(a.source, b.source) ||
        compareText(a.ticket, b.ticket) ||
        compareTicketEvents(a, b),
    );
}

/** The next batch from `start`, of events dated up to `upTo`: at most 500 events and 512 kB. Null where there is none yet. */
export function nextBatch(events: readonly TicketEvent[], start: number, upTo: Instant): EventBatch | null {
  const parts: string[] = [];
  let bytes = 2;
  let end = start;
  for (; end < events.length && parts.length < MOST_EVENTS; end++) {
    const event = events[end];
    if (!event || event.occurredAt > upTo) break;
    const json = JSON.stringify(toCloudEvent(event));
    bytes += Buffer.byteLength(json) + 1;
    if (bytes > MOST_BYTES && parts.length > 0) break;
    parts.push(json);
  }
  const last = events[end - 1];
  if (!last || end === start) return null;
  // Of an instant that the next batch continues, not all has been sent.
  const following = events[end];
  const sentUpTo = following?.occurredAt === last.occurredAt ? last.occurredAt - 1 : last.occurredAt;
  return { events: events.slice(start, end), json: `[${parts.join(',')}]`, sentUpTo };
}
