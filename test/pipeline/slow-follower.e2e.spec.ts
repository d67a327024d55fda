import 'reflect-metadata';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
/** Enough to fill what a connection holds in the kernel and what the service holds for a client, several times over. */
const TICKETS = 10_000;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
});
afterAll(() => pipeline.stop());

describe('a client of GET /v1/events that does not read', () => {
  it('is cut off, and finds the rest where it was', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', note);
    const slow = await follow();
    const burst = Array.from({ length: TICKETS }, (_, n) => ticketEvents('desk', `T-${n}`, start).created(0));
    await pipeline.send(...burst);
    await pipeline.tick(start + MINUTE);
    await pipeline.settled();

    const told = await idsOf(slow);
    const published = await pipeline.dataSource.query<{ n: number }[]>(
      'SELECT count(*)::int AS n FROM sla_clock.sla_event',
    );
    const all = published[0]?.n ?? 0;
    expect(told.length).toBeLessThan(all);
    const rest = await idsOf(await follow(told.at(-1)), all - told.length);
    expect(new Set([...told, ...rest]).size).toBe(all);
    process.off('warning', note);
    // Waiting for a client again and again leaves nothing behind.
    expect(warnings).not.toContain('MaxListenersExceededWarning');
  }, 45_000);
});

async function follow(lastEventId?: string): Promise<IncomingMessage> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const [answer] = (await once(get(`${pipeline.url}/v1/events`, { headers }), 'response')) as [IncomingMessage];
  return answer;
}

/** Reads until the stream ends, or has told so many events. */
async function idsOf(answer: IncomingMessage, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const ids: string[] = [];
  let text = '';
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      text += String(chunk);
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (.+)\nevent: /.exec(block)?.[1];
        if (id !== undefined) ids.push(id);
      }
      if (ids.length >= most) break;
    }
  } catch (error) {
    // Cut off in the middle of what was sent.
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  }
  return ids;
}
