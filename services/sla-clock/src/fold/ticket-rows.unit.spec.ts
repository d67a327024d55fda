import { collectYoungObjects, oldObjectBytes } from '@punctual/test-kit';
import { describe, expect, it } from 'vitest';
import { newTicketRow, type TicketRow } from './ticket-row.js';
import { TicketRows } from './ticket-rows.js';

describe('the rows in memory', () => {
  it('are found by their key, until they are let go', () => {
    const rows = new TicketRows();
    const [first, second] = [newRow('1'), newRow('2')];
    rows.set('a', first);
    rows.set('b', second);
    expect([rows.get('a'), rows.get('b'), rows.get('c')]).toEqual([first, second, undefined]);
    rows.delete('a');
    rows.delete('c');
    expect([rows.has('a'), rows.get('a'), rows.size]).toEqual([false, undefined, 1]);
  });

  it('are told in the order in which they were set; one that is replaced keeps its place', () => {
    const rows = new TicketRows();
    for (const key of ['a', 'b', 'c']) rows.set(key, newRow(key));
    const replaced = newRow('other');
    rows.set('a', replaced);
    expect([...rows.keys()]).toEqual(['a', 'b', 'c']);
    expect([...rows][0]).toEqual(['a', replaced]);
    rows.delete('b');
    rows.set('b', newRow('b'));
    expect([...rows.keys()]).toEqual(['a', 'c', 'b']);
  });

  it('leave nothing behind that outlives the collections of young objects', () => {
    const rows = new TicketRows();
    const comeAndGo = (round: number): void => {
      for (let n = 0; n < 31; n += 1) rows.set(`${n}`, newRow(`${round}-${n}`.repeat(500)));
      for (let n = 0; n < 31; n += 1) rows.delete(`${n}`);
    };
    comeAndGo(0);
    collectYoungObjects();
    const before = oldObjectBytes();
    for (let round = 1; round <= 200; round += 1) {
      comeAndGo(round);
      collectYoungObjects();
    }
    // Some ten million bytes came and went.
    expect(oldObjectBytes() - before).toBeLessThan(2_000_000);
  });
});

function newRow(ticket: string): TicketRow {
  // Its own text, not one that is put together when it is read.
  return newTicketRow({ source: 'desk', ticket: Buffer.from(ticket).toString(), policy: 'rego', settleMs: 0 });
}
