import { describe, expect, it } from 'vitest';
import { markAborted, type FetchedMessage } from './aborted-records.js';

const abort = Buffer.from([0, 0, 0, 0]);
const commit = Buffer.from([0, 0, 0, 1]);

function record(offset: number, producerId: string, inTransaction = true): FetchedMessage {
  return { offset: String(offset), key: Buffer.from('key'), batchContext: { producerId, inTransaction } };
}
function marker(offset: number, producerId: string, key: Buffer): FetchedMessage {
  return { ...record(offset, producerId), key, isControlRecord: true };
}

/** Offsets of the records that readers are shown. */
function shown(messages: FetchedMessage[], aborted: readonly (readonly [producerId: string, firstOffset: number])[]) {
  const abortedTransactions = aborted.map(([producerId, first]) => ({ producerId, firstOffset: String(first) }));
  const partition = { messages, abortedTransactions };
  markAborted(partition);
  return partition.messages.flatMap(({ offset, isControlRecord }) =>
    isControlRecord === true ? [] : [Number(offset)],
  );
}

describe('the records of a fetch that readers of committed ones are shown', () => {
  it('lack those of transactions that overlap and are listed as they ended', () => {
    const messages = [record(6, 'a'), record(7, 'b'), record(8, 'a'), marker(9, 'b', abort), marker(10, 'a', abort)];
    expect(
      shown(
        [...messages, record(11, 'a'), marker(12, 'a', commit)],
        [
          ['b', 7],
          ['a', 6],
        ],
      ),
    ).toEqual([11]);
  });

  it('lack those of several transactions that began before the fetch', () => {
    expect(
      shown(
        [record(50, 'b'), record(51, 'a'), record(52, 'c')],
        [
          ['a', 3],
          ['b', 7],
        ],
      ),
    ).toEqual([52]);
  });

  it('have those that the same producer committed before and after, and all that are in no transaction', () => {
    const messages = [
      ...[record(1, 'a'), marker(2, 'a', commit), record(3, 'a'), record(4, 'z', false), marker(5, 'a', abort)],
      ...[record(6, 'a'), marker(7, 'a', commit), record(8, 'a'), marker(9, 'a', abort)],
    ];
    expect(
      shown(messages, [
        ['a', 3],
        ['a', 8],
      ]),
    ).toEqual([1, 4, 6]);
  });

  it('end with no record whose key looks like that of a marker', () => {
    const messages = [record(1, 'a'), { ...record(2, 'a'), key: abort }, record(3, 'a'), marker(4, 'a', abort)];
    expect(shown(messages, [['a', 1]])).toEqual([]);
  });

  it('are all of them where none was aborted', () => {
    expect(shown([record(1, 'a'), marker(2, 'a', commit)], [])).toEqual([1]);
  });
});
