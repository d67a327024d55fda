import { describe, expect, it } from 'vitest';
import type { EncodedRecord } from './encoded-record.js';
import { PublishQueue, type PublishLimits } from './publish-queue.js';

function record(partition: number, value: string): EncodedRecord {
  return { topic: 't', partition, key: 'k', value, headers: {} };
}

/** A store whose writes end when the test says so. */
function heldWrites(limits?: PublishLimits) {
  const writes: { values: string[]; end(error?: Error): void }[] = [];
  const queue = new PublishQueue(
    (records) =>
      new Promise((resolve, reject) => {
        const values = records.map((one) => `${one.partition}${one.value}`);
        writes.push({ values, end: (error) => (error ? reject(error) : resolve()) });
      }),
    limits,
  );
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
  return { queue, writes, turn };
}

describe('PublishQueue', () => {
  it('writes together what comes together, and in one more write what comes meanwhile', async () => {
    const { queue, writes, turn } = heldWrites();
    const first = [queue.add([record(0, 'a')]), queue.add([record(0, 'b')])];
    await turn();
    const second = [queue.add([record(0, 'c')]), queue.add([record(0, 'd')])];
    await turn();
    expect(writes.map((write) => write.values)).toEqual([['0a', '0b']]);
    writes[0]?.end();
    await Promise.all(first);
    await turn();
    expect(writes[1]?.values).toEqual(['0c', '0d']);
    writes[1]?.end();
    await Promise.all(second);
  });

  it('lets other partitions pass one that is held up, but nothing pass within a partition', async () => {
    const { queue, writes, turn } = heldWrites();
    const all = [queue.add([record(0, 'a')])];
    await turn();
    all.push(queue.add([record(0, 'b'), record(1, 'b')]), queue.add([record(1, 'c')]), queue.add([record(2, 'd')]));
    await turn();
    expect(writes.map((write) => write.values)).toEqual([['0a'], ['2d']]);
    writes[0]?.end();
    await turn();
    expect(writes[2]?.values).toEqual(['0b', '1b', '1c']);
    writes[1]?.end();
    writes[2]?.end();
    await Promise.all(all);
    await queue.settled();
  });

  it('tells every publish of a failed write, and goes on with the next', async () => {
    const { queue, writes, turn } = heldWrites();
    const failing = [queue.add([record(0, 'a')]), queue.add([record(1, 'b')])];
    const outcomes = Promise.allSettled(failing);
    await turn();
    writes[0]?.end(new Error('no disk'));
    expect((await outcomes).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    const next = queue.add([record(0, 'c')]);
    await turn();
    writes[1]?.end();
    await next;
  });

  it('bounds a write, but takes a larger publish whole', async () => {
    const { queue, writes, turn } = heldWrites();
    const many = (count: number, partition: number) => Array.from({ length: count }, () => record(partition, 'x'));
    const all = [queue.add(many(6_000, 0)), queue.add(many(3_000, 1)), queue.add(many(3_000, 2))];
    await turn();
    expect(writes.map((write) => write.values.length)).toEqual([6_000, 3_000, 3_000]);
    for (const write of writes) write.end();
    await Promise.all(all);
  });

  it.each<[string, PublishLimits, number]>([
    ['records', { records: 10, characters: 1_000 }, 4],
    ['characters', { records: 1_000, characters: 10 }, 2],
  ])(
    'refuses more at once while too many %s wait, and takes them again when some are written',
    async (_what, limits, fit) => {
      const { queue, writes, turn } = heldWrites(limits);
      const publish = (): Promise<void> => queue.add([record(0, 'abc'), record(0, ''), record(0, '')]);
      const taken = Array.from({ length: fit }, publish);
      await expect(publish()).rejects.toMatchObject({ code: 'log_unavailable' });
      await turn();
      writes[0]?.end();
      await Promise.all(taken);
      const again = publish();
      await turn();
      writes[1]?.end();
      await again;
    },
  );

  it('forgets what could not be written: it waits no longer', async () => {
    const { queue, writes, turn } = heldWrites({ records: 1, characters: 1_000 });
    const failed = queue.add([record(0, 'a')]);
    await turn();
    writes[0]?.end(new Error('no disk'));
    await expect(failed).rejects.toThrow('no disk');
    const next = queue.add([record(0, 'b')]);
    await turn();
    writes[1]?.end();
    await next;
  });
});
