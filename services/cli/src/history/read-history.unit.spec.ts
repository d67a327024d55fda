import { describe, expect, it } from 'vitest';
import { historyOf } from './read-history.js';

function event(id: string, ticket: string, time: string, more: object = {}): string {
  const type = 'ticket.status.changed';
  const data = { status: { name: 'Open', category: 'open' } };
  return JSON.stringify({ specversion: '1.0', id, source: 'desk', type, subject: ticket, time, data, ...more });
}

const at = (minute: number): string => `2026-03-02T09:0${minute}:00Z`;

describe('reading a history', () => {
  it('puts tickets and their events into one order, whatever the order of the lines', () => {
    const lines = [event('b', 'T2', at(1)), event('c', 'T1', at(5)), event('a', 'T1', at(5)), event('d', 'T1', at(2))];
    const told = (from: readonly string[]): unknown =>
      historyOf(from).tickets.map(({ ticket, events }) => [ticket, events.map(({ id }) => id)]);
    expect(told(lines)).toEqual([
      ['T1', ['d', 'a', 'c']],
      ['T2', ['b']],
    ]);
    expect(told(lines.toReversed())).toEqual(told(lines));
    expect(historyOf(lines)).toMatchObject({
      events: 4,
      first: Date.parse(at(1)),
      last: Date.parse(at(5)),
      problems: [],
    });
  });

  it('ignores repetitions and reports contradictions by line; the first stands', () => {
    const other = { data: { status: { name: 'Shut', category: 'closed' } } };
    const history = historyOf([event('a', 'T1', at(1)), event('a', 'T1', at(1)), event('a', 'T1', at(1), other)]);
    expect(history).toMatchObject({ events: 1, repeated: 1, problems: [{ line: 3, code: 'conflicting_duplicate' }] });
    expect(history.tickets[0]?.events[0]?.data).toMatchObject({ status: { name: 'Open' } });
  });

  it('takes the same content in another order of its names for the same event', () => {
    const fields = (...names: string[]): string => {
      const data = { fields: Object.fromEntries(names.map((name) => [name, `${name} chosen`])) };
      return event('a', 'T1', at(1), { type: 'ticket.fields.changed', data });
    };
    expect(historyOf([fields('site', 'module'), fields('module', 'site')])).toMatchObject({
      events: 1,
      repeated: 1,
      problems: [],
    });
    expect(historyOf([fields('site', 'module'), fields('site')])).toMatchObject({
      problems: [{ line: 2, code: 'conflicting_duplicate' }],
    });
  });

  it('tells an event of one ticket from one of another under the same id', () => {
    const history = historyOf([event('a', 'T1', at(1)), event('a', 'T2', at(2))]);
    expect(history).toMatchObject({ events: 2, repeated: 0, problems: [] });
  });

  it('names the line, the place and the fault of what is no event', () => {
    expect(
      historyOf(['{', event('a', 'T1', '2026-03-02 09:00'), event('b', 'T1', at(1), { type: 'ticket.opened' })])
        .problems,
    ).toEqual([
      { line: 1, code: 'invalid_json', detail: expect.any(String) as unknown },
      { line: 2, code: 'invalid_field', detail: expect.stringContaining('/time: ') as unknown },
      { line: 3, code: 'unknown_type', detail: expect.stringContaining("'ticket.opened'") as unknown },
    ]);
  });
});
