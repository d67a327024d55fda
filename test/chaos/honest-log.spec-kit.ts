import { ticketPartition, type TicketEvent } from '@punctual/contracts';
import { publishRefolded, type Published } from '@punctual/sla-engine';
import { PARTITIONS } from './deployment.js';
import type { Heard, HeardLog } from './log-reader.js';
import { foldOffline, settleMs } from './offline.js';
import { SOURCE, type Delivery } from './ticket-load.js';

/** A log that a test may falsify. */
export type WritableLog = { -readonly [Name in keyof HeardLog]: HeardLog[Name][number][] };

const tickMs = 250;

/** What stands on the log of a deployment that nothing happens to: events as they are acknowledged, a watermark every 250 ms from `from` to `to`. */
export function honestLog(tickets: ReadonlyMap<string, readonly Delivery[]>, from: number, to: number): WritableLog {
  const log: WritableLog = { received: [], classified: [], said: [], deadLetters: [] };
  const waiting = [...tickets.values()].flat().sort((one, other) => arrival(one) - arrival(other));
  const arrived = new Map<string, TicketEvent[]>();
  const desk = new Desk();
  let offset = 0;
  const place = <Value>(value: Value, partition: number): Heard<Value> => ({ partition, offset: ++offset, value });
  for (let at = from; at <= to; at += tickMs) {
    for (; waiting[0] !== undefined && arrival(waiting[0]) < at; waiting.shift()) {
      const { event } = waiting[0];
      const partition = ticketPartition(SOURCE, event.ticket, PARTITIONS);
      arrived.set(event.ticket, [...(arrived.get(event.ticket) ?? []), event]);
      log.received.push(place({ kind: 'event', event, policy: 'seconds' }, partition));
      const decided = { revision: 1, priorityHistory: [], coverageHistory: [] };
      log.classified.push(place({ kind: 'event', event, policy: 'seconds', ...decided }, partition));
    }
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      log.received.push(place({ kind: 'watermark', at, sources: {} }, partition));
    for (const [ticket, events] of arrived) {
      const partition = ticketPartition(SOURCE, ticket, PARTITIONS);
      log.said.push(...desk.say(ticket, events, at).map(({ event }) => place(event, partition)));
    }
  }
  return log;
}

/** Says of each ticket what is new at each watermark. */
class Desk {
  readonly #tickets = new Map<string, { published: Published[]; retractions: Readonly<Record<string, number>> }>();

  say(ticket: string, events: readonly TicketEvent[], at: number): Published[] {
    const folded = foldOffline(ticket, events, at);
    const { published, retractions } = this.#tickets.get(ticket) ?? { published: [], retractions: {} };
    const takenBack = new Set(published.map(({ event }) => event.corrects));
    const standing = published.filter(({ event }) => !takenBack.has(event.id));
    const said = {
      source: SOURCE,
      ticket,
      policy: 'seconds',
      detectedAt: at - settleMs,
      noticedAt: at - settleMs,
      mode: 'live' as const,
    };
    const now = publishRefolded(folded, standing, retractions, said, { cause: null, reasonCode: 'late_evidence' });
    this.#tickets.set(ticket, { published: [...published, ...now], retractions: folded.state.retractions });
    return now;
  }
}

function arrival({ acknowledgedAt }: Delivery): number {
  return acknowledgedAt ?? Infinity;
}
