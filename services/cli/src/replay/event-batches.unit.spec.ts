import { describe, expect, it } from 'vitest';
import { historyOf } from '../history/read-history.js';
import { inTimeOrder, nextBatch } from './event-batches.js';

const start = Date.parse('2026-03-02T09:00:00Z');

function event(id: string, ms: number, body = ''): string {
  const data = { actor: { role: 'agent' }, ...(body === '' ? {} : { body }) };
  const time = new Date(start + ms).toISOString();
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: 'desk',
    type: 'ticket.message.added',
    subject: id,
    time,
    data,
  });
}

describe('batches of a replay', () => {
  it('hold at most 500 events, and declare only what is wholly sent', () => {
    const events = inTimeOrder(
      historyOf(Array.from({ length: 1200 }, (_, index) => event(`e${index}`, Math.floor(index / 7) * 1000))),
    );
    const seen: string[] = [];
    let declared = -Infinity;
    for (let sent = 0; sent < events.length;) {
      const batch = nextBatch(events, sent, Infinity);
      if (!batch) throw new Error('no batch');
      sent += batch.events.length;
      expect(batch.events.length).toBeLessThanOrEqual(500);
      expect(batch.sentUpTo).toBeGreaterThan(declared);
      expect(events.slice(sent).every(({ occurredAt }) => occurredAt > batch.sentUpTo)).toBe(true);
      declared = batch.sentUpTo;
      seen.push(...(JSON.parse(batch.json) as { id: string }[]).map(({ id }) => id));
    }
    expect(seen).toEqual(events.map(({ id }) => id));
    expect(declared).toBe(events.at(-1)?.occurredAt);
  });

  it('stay under 512 kB, except for one event that is larger alone', () => {
    const events = inTimeOrder(
      historyOf([event('a', 0, 'ä'.repeat(150_000)), event('b', 1, 'ä'.repeat(150_000)), event('c', 2)]),
    );
    expect(nextBatch(events, 0, Infinity)?.events.map(({ id }) => id)).toEqual(['a']);
    expect(nextBatch(events, 1, Infinity)?.events.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('wait for the pace', () => {
    const events = inTimeOrder(historyOf([event('a', 0), event('b', 1000)]));
    expect(nextBatch(events, 0, start - 1)).toBeNull();
    expect(nextBatch(events, 0, start + 999)).toMatchObject({ sentUpTo: start });
  });
});
