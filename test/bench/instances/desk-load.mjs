// A helpdesk that opens tickets at a steady rate and sends each until some intake has it.
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 50;

/**
 * Begins to send, `perSecond` events. `urls` gives the intakes of the moment. Gives back what was sent: each event's id, and when it was sent
 * first and answered for, epoch ms.
 */
export function startDeskLoad({ urls, perSecond }) {
  const sent = [];
  const sending = new Set();
  let goesOn = true;
  const pace = (async () => {
    for (let place = 0; goesOn; place += 1) {
      const one = { id: `T-${place}`, sentAt: Date.now(), answeredAt: null };
      sent.push(one);
      const done = deliver(one, urls).finally(() => sending.delete(done));
      sending.add(done);
      await sleep(1_000 / perSecond);
    }
  })();
  return {
    sent,
    /** Resolves when everything that was begun is answered for. */
    async stop() {
      goesOn = false;
      await pace;
      await Promise.all(sending);
    },
  };
}

async function deliver(one, urls) {
  const event = {
    ...{ specversion: '1.0', id: one.id, source: 'bench', subject: one.id, type: 'ticket.created' },
    time: new Date(one.sentAt).toISOString(),
    data: { actor: { role: 'requester', id: 'r-1' }, subject: 'Nothing prints', priority: 'urgent' },
  };
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  };
  for (;;) {
    const all = urls();
    const answer = await fetch(`${all[Math.floor(Math.random() * all.length)]}/v1/events`, {
      ...request,
      signal: AbortSignal.timeout(12_000),
    }).catch(() => null);
    await answer?.body?.cancel().catch(() => undefined);
    if (answer?.ok) {
      one.answeredAt = Date.now();
      return;
    }
    if (answer !== null && answer.status < 500) throw new Error(`${one.id} was refused with ${answer.status}`);
    await sleep(RETRY_MS);
  }
}
