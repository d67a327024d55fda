import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser } from './event-stream.js';
import { liveLine } from './live-line.js';

describe('the event stream', () => {
  it('gives the same events however the bytes are cut; comments and ids are no data', () => {
    const text =
      ': hello\n\nid: 1\nevent: sla\ndata: {"a":1}\n\ndata: {"b":\ndata: 2}\r\n\r\nretry: 5\n\ndata:{"c":3}\n\n';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
        const parser = new EventStreamParser();
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        const found = edges.slice(1).flatMap((end, index) => parser.push(text.slice(edges[index] ?? 0, end)));
        expect(found).toEqual(['{"a":1}', '{"b":\n2}', '{"c":3}']);
      }),
    );
  });

  it('tells live breaches, misses and warnings, nothing else', () => {
    const event = {
      source: 'alvklang',
      ticket: 'ALV-1',
      priority: 'P2',
      target: 'first_response',
      dueAt: '2026-03-02T10:00:00.000Z',
      threshold: null,
      mode: 'live',
    } as const;
    expect(liveLine({ ...event, type: 'sla.clock.breached' })).toMatch(
      /^breached +alvklang\/ALV-1 +P2 +first_response +due 2026-03-02T10:00:00Z$/,
    );
    expect(liveLine({ ...event, type: 'sla.clock.warning', threshold: '80%' })).toMatch(/^warning 80% /);
    expect(liveLine({ ...event, type: 'sla.clock.breached', mode: 'historical' })).toBeNull();
    expect(liveLine({ ...event, type: 'sla.clock.met' })).toBeNull();
  });
});
