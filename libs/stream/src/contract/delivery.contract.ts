import { describe, expect, it } from 'vitest';
import { input, output, outgoing, range, type ContractContext } from './contract-context.js';
import type { LogRecord } from '../event-log.js';

/** Order, batches, wake-up, and what a record may be. */
export function deliveryContract(current: () => ContractContext): void {
  describe('order and delivery', () => {
    it('hands a partition its records in the order published, each once, with key, headers and time', async () => {
      const { log, process } = current();
      const got: LogRecord[] = [];
      const before = Date.now();
      await log.publish([
        {
          topic: input,
          partition: 1,
          key: 'source/ä',
          value: { text: 'a\u0000b', n: 1 },
          headers: { trace: 'x"y\\z' },
        },
        { topic: input, partition: 1, key: 'second', value: null },
      ]);
      const processing = await process(async (batch) => void got.push(...batch.records));
      await processing.caughtUp();
      expect(got).toMatchObject([
        {
          topic: input,
          partition: 1,
          offset: 0,
          key: 'source/ä',
          value: { text: 'a\u0000b', n: 1 },
          headers: { trace: 'x"y\\z' },
        },
        { topic: input, partition: 1, offset: 1, key: 'second', value: null, headers: {} },
      ]);
      expect(got[0]?.appendedAt).toBeGreaterThanOrEqual(before - 1_000);
      expect(got[0]?.appendedAt).toBeLessThanOrEqual(Date.now() + 1_000);
    });

    it('keeps the order of each of two publishers', async () => {
      const { harness, log, fold, process, seen, valuesIn } = current();
      const other = (await harness.open()).log;
      const processing = await process(fold);
      await Promise.all(
        [log, other].map(async (publisher, lane) => {
          for (let round = 0; round < 20; round += 1) {
            const from = lane * 1_000 + round * 10;
            await publisher.publish([
              ...outgoing(range(from, from + 5), 0),
              ...outgoing(range(from + 5, from + 10), 1),
            ]);
          }
        }),
      );
      await processing.caughtUp();
      expect(await seen()).toEqual([...range(0, 200), ...range(1_000, 1_200)]);
      for (const partition of [0, 1]) {
        const values = (await valuesIn(output, partition)) as number[];
        for (const lane of [values.filter((value) => value < 1_000), values.filter((value) => value >= 1_000)]) {
          expect(lane).toEqual([...lane].sort((a, b) => a - b));
          expect(lane).toHaveLength(100);
        }
      }
    });

    it('wakes a reader for what another process publishes', async () => {
      const { harness, fold, process, seen } = current();
      const other = (await harness.open()).log;
      const processing = await process(fold);
      await processing.caughtUp();
      await other.publish(outgoing([1], 0));
      await expect.poll(seen, { timeout: 5_000, interval: 10 }).toEqual([1]);
    });

    it('does not pass a record whose publisher commits late', async () => {
      const { harness, log, fold, process, seen } = current();
      const processing = await process(fold);
      const slow = await harness.beginPublish(outgoing([1], 0));
      const fast = log.publish(outgoing([2], 0));
      // Published in the same turn it could share the other's transaction.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await log.publish(outgoing([3], 1));
      await expect.poll(seen, { timeout: 5_000, interval: 10 }).toContain(3);
      await slow.commit();
      await fast;
      await processing.caughtUp();
      expect(await seen()).toEqual([1, 2, 3]);
    });

    it('leaves nothing of a publish that was rolled back', async () => {
      const { harness, log, fold, process, seen } = current();
      const processing = await process(fold);
      const slow = await harness.beginPublish(outgoing([1, 2], 0));
      await slow.rollback();
      await log.publish(outgoing([3], 0));
      await processing.caughtUp();
      expect(await seen()).toEqual([3]);
    });

    it('never gives more records in a batch than asked for, nor two batches of a partition at once', async () => {
      const { log, fold, process, seen } = current();
      await log.publish(outgoing(range(0, 25), 0));
      const sizes: number[] = [];
      let inside = 0;
      const processing = await process(
        async (batch, unit) => {
          inside += 1;
          sizes.push(batch.records.length);
          await fold(batch, unit);
          expect(inside).toBe(1);
          inside -= 1;
        },
        log,
        10,
      );
      await processing.caughtUp();
      expect(sizes).toEqual([10, 10, 5]);
      expect(await seen()).toEqual(range(0, 25));
    });

    it('does nothing on an empty publish', async () => {
      const { log, fold, process, seen } = current();
      await log.publish([]);
      const processing = await process(fold);
      await processing.caughtUp();
      expect(await seen()).toEqual([]);
    });

    it('refuses what is not JSON, and partitions that do not exist, before anything is written', async () => {
      const { harness, log } = current();
      const good = outgoing([1], 0);
      await expect(log.publish([...good, { topic: input, partition: 0, key: 'k', value: 1n }])).rejects.toMatchObject({
        code: 'invalid_record',
      });
      await expect(
        log.publish([...good, { topic: input, partition: 0, key: 'k', value: undefined }]),
      ).rejects.toMatchObject({
        code: 'invalid_record',
      });
      await expect(log.publish([...good, ...outgoing([2], harness.partitions)])).rejects.toMatchObject({
        code: 'invalid_record',
      });
      expect(await harness.read(input, 0)).toEqual([]);
    });

    it('hands over text that is not JSON as malformed', async () => {
      const { harness, process } = current();
      await harness.appendText(input, 0, 'k', '{"half":');
      const got: LogRecord[] = [];
      const processing = await process(async (batch) => void got.push(...batch.records));
      await processing.caughtUp();
      expect(got).toMatchObject([{ value: null, malformed: '{"half":' }]);
    });

    it('gives every group all records', async () => {
      const { log } = current();
      await log.publish(outgoing([1, 2], 0));
      const counts: Record<string, number> = {};
      const groups = await Promise.all(
        ['a', 'b'].map((name) =>
          log.process({
            group: name,
            topics: [input],
            handler: async (batch) => void (counts[name] = (counts[name] ?? 0) + batch.records.length),
          }),
        ),
      );
      await Promise.all(groups.map((one) => one.caughtUp()));
      expect(counts).toEqual({ a: 2, b: 2 });
    });
  });
}
