import { describe, expect, it } from 'vitest';
import { group, input, output, outgoing, range, type ContractContext } from './contract-context.js';

/** States, outputs and positions move together, whoever dies, stalls or joins. */
export function exactlyOnceContract(current: () => ContractContext): void {
  describe('exactly once', () => {
    it('commits states, outputs and position together or not at all', async () => {
      const { log, fold, process, seen, valuesIn } = current();
      await log.publish(outgoing([1, 2], 0));
      const offsets: number[][] = [];
      const epochs: number[] = [];
      let fail = true;
      const processing = await process(async (batch, unit) => {
        offsets.push(batch.records.map((record) => record.offset));
        epochs.push(batch.assignment.epoch);
        await fold(batch, unit);
        if (!fail) return;
        fail = false;
        throw new Error('between insert and commit');
      });
      await processing.caughtUp();
      expect(offsets).toEqual([
        [0, 1],
        [0, 1],
      ]);
      expect(epochs[1]).toBeGreaterThan(epochs[0] ?? 0);
      expect(await seen()).toEqual([1, 2]);
      expect(await valuesIn(output, 0)).toEqual([1, 2]);
      expect(processing.status().counts).toMatchObject({ committed: 1, handlerFailures: 1 });
    });

    it('writes what a unit says in great number piece by piece, in order, with its commit or not at all', async () => {
      const { log, process, valuesIn } = current();
      const pieces = [range(0, 6_000), range(6_000, 6_010), range(6_010, 12_000), range(12_000, 12_001)];
      let fail = true;
      await log.publish(outgoing([1], 0));
      const processing = await process(async (_batch, unit) => {
        for (const values of pieces) {
          unit.emit(values.map((value) => ({ topic: output, partition: 0, key: 'many', value })));
          const sql = await unit.transaction();
          await sql.query('SELECT 1');
        }
        if (!fail) return;
        fail = false;
        throw new Error('after most of it was written');
      });
      await processing.caughtUp();
      expect(await valuesIn(output, 0)).toEqual(range(0, 12_001));
      expect(processing.status().counts).toMatchObject({ committed: 1, handlerFailures: 1 });
    });

    it('does not commit when a statement failed, even if the handler hid it', async () => {
      const { log, process, seen } = current();
      await log.publish(outgoing([1], 0));
      let hide = true;
      const processing = await process(async ({ records }, unit) => {
        const sql = await unit.transaction();
        await sql.query('INSERT INTO seen SELECT 0, unnest($1::int[])', [records.map((record) => record.value)]);
        if (!hide) return;
        hide = false;
        // From here on PostgreSQL answers COMMIT with a ROLLBACK, and without an error.
        await sql.query('SELECT 1 / 0').catch(() => undefined);
      });
      await processing.caughtUp();
      expect(await seen()).toEqual([1]);
      expect(processing.status().counts).toMatchObject({ committed: 1, handlerFailures: 1 });
    });

    it('commits what was sent and not waited for, in the order in which it was sent', async () => {
      const { log, process, seen, valuesIn } = current();
      await log.publish(outgoing([1], 0));
      const processing = await process(async (_batch, unit) => {
        const sql = await unit.transaction();
        unit.sent(sql.query('INSERT INTO seen SELECT 0, 5, 0 FROM pg_sleep(0.05)'));
        unit.sent(sql.query('UPDATE seen SET value = value + 1'));
        unit.emit([{ topic: output, partition: 0, key: 'k', value: 6 }]);
      });
      await processing.caughtUp();
      expect(await seen()).toEqual([6]);
      expect(await valuesIn(output, 0)).toEqual([6]);
    });

    it('does not commit when what was sent failed, and tells of the first failure', async () => {
      const { log, process, seen, valuesIn } = current();
      await log.publish(outgoing([1, 2], 0));
      let wrong = true;
      const processing = await process(async ({ records }, unit) => {
        const sql = await unit.transaction();
        if (wrong) unit.sent(sql.query('INSERT INTO seen SELECT 0, 1 / 0, 0'));
        for (const { value } of records) unit.sent(sql.query('INSERT INTO seen SELECT 0, $1::int, 0', [value]));
        unit.emit(records.map(({ key, value }) => ({ topic: output, partition: 0, key, value })));
      });
      await expect.poll(() => processing.status().partitions[0]?.problem).toMatchObject({ code: '22012' });
      expect(await seen()).toEqual([]);
      wrong = false;
      await processing.caughtUp();
      expect(await seen()).toEqual([1, 2]);
      expect(await valuesIn(output, 0)).toEqual([1, 2]);
    });

    it('does not commit when a statement comes after the handler is done', async () => {
      const { log, process, seen } = current();
      await log.publish(outgoing([1], 0));
      let late = true;
      const processing = await process(async (_batch, unit) => {
        const sql = await unit.transaction();
        const statements = async (): Promise<void> => {
          await sql.query('INSERT INTO seen VALUES (0, 1, 0)');
          if (late) await sql.query('INSERT INTO seen VALUES (0, 2, 0)');
        };
        unit.sent(statements());
      });
      await expect.poll(() => processing.status().partitions[0]?.problem).toMatchObject({ code: 'unit_closed' });
      expect(await seen()).toEqual([]);
      late = false;
      await processing.caughtUp();
      expect(await seen()).toEqual([1]);
    });

    it('loses and repeats nothing when its process dies between insert and commit', async () => {
      const { harness, log, fold, process, seen, valuesIn } = current();
      await log.publish(outgoing(range(0, 50), 0));
      const doomed = await harness.open();
      let died: () => void = () => undefined;
      const death = new Promise<void>((resolve) => (died = resolve));
      let batches = 0;
      await doomed.log.process({
        group,
        topics: [input],
        maxBatch: 10,
        handler: async (batch, unit) => {
          await fold(batch, unit);
          batches += 1;
          if (batches < 3) return;
          await doomed.kill();
          died();
        },
      });
      await death;
      const heir = await process(fold);
      await heir.caughtUp();
      expect(await seen()).toEqual(range(0, 50));
      expect(await valuesIn(output, 0)).toEqual(range(0, 50));
    });

    it('goes on where it stopped', async () => {
      const { harness, log, fold, process, valuesIn } = current();
      await log.publish(outgoing([1], 0));
      const first = await process(fold);
      await first.caughtUp();
      await first.stop();
      await log.publish(outgoing([2], 0));
      const second = await process(fold, (await harness.open()).log);
      await second.caughtUp();
      expect(await valuesIn(output, 0)).toEqual([1, 2]);
    });

    it('lets a stale owner commit nothing', async () => {
      const { harness, log, fold, process, seen } = current();
      await log.publish(outgoing([1], 0));
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      let entered: () => void = () => undefined;
      const inside = new Promise<void>((resolve) => (entered = resolve));
      let calls = 0;
      const committed: number[] = [];
      const processing = await process(async (batch, unit) => {
        calls += 1;
        const call = calls;
        unit.afterCommit(() => committed.push(call));
        if (call === 1) {
          entered();
          await released;
        }
        await fold(batch, unit);
      });
      await inside;
      // What a new owner does first; the old one is in the middle of a batch and knows nothing.
      await harness.sql.query('UPDATE stream.position SET owner_epoch = owner_epoch + 1 WHERE group_name = $1', [
        group,
      ]);
      release();
      await processing.caughtUp();
      expect(committed).toEqual([2]);
      expect(await seen()).toEqual([1]);
      expect(processing.status().counts.fenced).toBe(1);
    });

    it('loses and repeats nothing while members come and go', async () => {
      const { harness, log, fold, process, seen, valuesIn } = current();
      const total = 2_000;
      const opened = await Promise.all([harness.open(), harness.open()]);
      const first = await process(fold, log, 20);
      const publishing = (async () => {
        for (let value = 0; value < total; value += 20) {
          const partition = (value / 20) % harness.partitions;
          await log.publish(outgoing(range(value, value + 20), partition));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      const second = await process(fold, opened[0].log, 20);
      await expect.poll(() => second.status().partitions.length, { timeout: 10_000 }).toBeGreaterThan(0);
      const third = await process(fold, opened[1].log, 20);
      await first.stop();
      await publishing;
      await second.caughtUp();
      await third.caughtUp();
      const owned = [...second.status().partitions, ...third.status().partitions].map((one) => one.partition);
      expect(owned.sort((a, b) => a - b)).toEqual(range(0, harness.partitions));
      expect(await seen()).toEqual(range(0, total));
      let out = 0;
      for (const partition of range(0, harness.partitions)) {
        const values = (await valuesIn(output, partition)) as number[];
        expect(values).toEqual([...values].sort((a, b) => a - b));
        out += values.length;
      }
      expect(out).toBe(total);
    }, 60_000);
  });
}
