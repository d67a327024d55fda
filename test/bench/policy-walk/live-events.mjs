// Time and life while a walk goes on: a watermark a second to each partition, going round as intake does, tickets that are created, and agents who answer tickets that are open.
import { setTimeout as sleep } from 'node:timers/promises';
import { ticketPartition } from '@punctual/contracts';
import { dueTicket } from '../timers/schedule.mjs';

const hour = 3_600_000;
const EVERY_MS = 50;

/**
 * Writes until it is stopped. `from` is the instant at which time begins, `open` names tickets to be answered. Gives back what was sent, each with
 * the moment and its instant, and the watermarks.
 */
export function startLiveEvents({ stream, partitions, from, open }) {
  const events = [];
  const watermarks = [];
  const offset = Date.now() - from;
  let goesOn = true;
  const now = () => Date.now() - offset;
  const tick = async () => {
    for (let step = partitions; goesOn; step += 1) {
      await sleep(Math.max(0, from + (step / partitions) * 1_000 - now()));
      const at = now();
      const partition = step % partitions;
      watermarks.push({ partition, at, sentAt: await stream.watermark(at, [partition]) });
    }
  };
  const live = async () => {
    for (let place = 0; goesOn; place += 1) {
      const at = now();
      const value = place % 2 === 0 || open.length === 0 ? dueTicket(`L${place}`, at + hour) : answer(open.pop(), at);
      const { ticket, id } = value.event;
      const partition = ticketPartition('desk', ticket, partitions);
      events.push({ id, ticket, partition, at, sentAt: await stream.write([{ partition, value }]) });
      await sleep(EVERY_MS);
    }
  };
  const work = Promise.all([tick(), live()]);
  return {
    events,
    watermarks,
    now,
    async stop() {
      goesOn = false;
      await work;
    },
  };
}

/** An agent answers; the decisions of the ticket stand as they were. */
function answer({ ticket, priorityHistory }, at) {
  const event = {
    ...{ id: `${ticket}-answered`, source: 'desk', ticket, occurredAt: at, receivedAt: at, sequence: -1 },
    type: 'ticket.message.added',
    data: { actor: { id: 'a-1', role: 'agent' }, visibility: 'public', autoReply: false },
  };
  return { kind: 'event', event, policy: 'rego', revision: 1, priorityHistory, coverageHistory: [] };
}
