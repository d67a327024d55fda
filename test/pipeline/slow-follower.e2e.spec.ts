import 'reflect-metadata';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
    // While it is still being written to, whoever begins to read may well keep up.
    await cutOffs(pipeline.url, 'too_slow');

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

  it('is cut off in the past as well, where it is waited for', async () => {
    const settings = { EVENT_STREAM_HEARTBEAT_MS: '200' };
    await pipeline.besideAnother(async ({ url }) => {
      const stalled = await follow('start', url);
      await cutOffs(url, 'stalled');
      const told = await idsOf(stalled);
      expect(told.length).toBeGreaterThan(0);
      expect(await idsOf(await follow(told.at(-1), url), 1)).not.toEqual([]);
    }, settings);
  }, 45_000);

  it('is left alone where it takes what there is, however slowly', async () => {
    const settings = { EVENT_STREAM_HEARTBEAT_MS: '200' };
    await pipeline.besideAnother(async ({ url }) => {
      const slow = await follow('start', url);
      let bytes = 0;
      for await (const chunk of slow) {
        bytes += (chunk as Buffer).length;
        if (bytes > 4_000_000) break;
        await pause(10);
      }
      expect(bytes).toBeGreaterThan(4_000_000);
      expect(await cutOffCounts(url)).toEqual({});
    }, settings);
  }, 45_000);
});

/** Waits until a client has been cut off for this reason. */
async function cutOffs(url: string, reason: string): Promise<void> {
  await vi.waitFor(async () => expect(await cutOffCounts(url)).toEqual({ [reason]: 1 }), {
    timeout: 20_000,
    interval: 50,
  });
}

async function cutOffCounts(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(/^punctual_event_stream_cut_off_total\{.*reason="(\w+)".*\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, reason, n]) => [reason, Number(n)]));
}

async function follow(lastEventId?: string, url = pipeline.url): Promise<IncomingMessage> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const [answer] = (await once(get(`${url}/v1/events`, { headers }), 'response')) as [IncomingMessage];
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
