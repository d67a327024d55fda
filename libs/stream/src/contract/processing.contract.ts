import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { input, outgoing, output, type ContractContext } from './contract-context.js';

/** What a processing tells of itself, and when it refuses to go on. */
export function processingContract(current: () => ContractContext): void {
  describe('the processing', () => {
    it('tells how far it is behind', async () => {
      const { log, process } = current();
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const processing = await process(() => gate);
      await log.publish(outgoing([1, 2, 3], 1));
      const behind = (await processing.lag()).find((one) => one.partition === 1);
      expect(behind).toEqual({ topic: input, partition: 1, position: 0, behind: 3 });
      open();
      await processing.caughtUp();
      expect((await processing.lag()).reduce((sum, one) => sum + one.behind, 0)).toBe(0);
    });

    it('has caught up when readers are shown what came of it', async () => {
      const { log, fold, process } = current();
      const processing = await process(fold);
      for (let value = 1; value <= 20; value += 1) {
        await log.publish(outgoing([value], 0));
        await processing.caughtUp();
        let shown = 0;
        await log.scan(output, () => void (shown += 1));
        expect(shown).toBe(value);
      }
    });

    it('runs what waits for the commit after it, in order, and not after a rollback', async () => {
      const { log, fold, process } = current();
      await log.publish(outgoing([1], 0));
      const ran: string[] = [];
      let attempt = 0;
      const processing = await process(async (batch, unit) => {
        attempt += 1;
        const mine = attempt;
        unit.afterCommit(() => ran.push(`${mine}a`));
        unit.afterCommit(() => ran.push(`${mine}b`));
        await fold(batch, unit);
        if (mine === 1) throw new Error('once');
      });
      await processing.caughtUp();
      expect(ran).toEqual(['2a', '2b']);
    });

    it('goes on without records while it is asked to, and records go first', async () => {
      const { log, harness, process } = current();
      await harness.sql.query('CREATE TABLE piece (place serial, records int)');
      let pieces = 5;
      const processing = await process(async ({ records }, unit) => {
        if (records.length === 0) {
          pieces -= 1;
          // More comes in, and is fetched, while there is still something to do without it.
          if (pieces === 2) await log.publish(outgoing([2], 0)).then(() => pause(500));
        }
        const sql = await unit.transaction();
        await sql.query('INSERT INTO piece (records) VALUES ($1)', [records.length]);
        if (pieces > 0) unit.goOn();
      });
      await log.publish(outgoing([1], 0));
      const units = async () => {
        const rows = await harness.sql.query<{ records: number }>('SELECT records FROM piece ORDER BY place');
        return rows.map(({ records }) => records);
      };
      await expect.poll(units, { timeout: 10_000 }).toEqual([1, 0, 0, 0, 1, 0, 0]);
      expect(processing.status().counts).toMatchObject({ records: 2, committed: 7 });
    });

    it('asks again only where it was asked in the spell: what failed is not gone on with', async () => {
      const { log, fold, process } = current();
      let empty = 0;
      const processing = await process(async (batch, unit) => {
        if (batch.records.length > 0) {
          await fold(batch, unit);
          if (empty === 0) unit.goOn();
          return;
        }
        empty += 1;
        throw new Error('once');
      });
      await log.publish(outgoing([1], 0));
      await expect.poll(() => processing.status().counts.handlerFailures, { timeout: 10_000 }).toBe(1);
      await log.publish(outgoing([2], 0));
      await processing.caughtUp();
      expect(empty).toBe(1);
      expect(await current().seen()).toEqual([1, 2]);
    });

    it('finishes the batch in hand when it stops', async () => {
      const { log, fold, process, seen } = current();
      await log.publish(outgoing([1], 0));
      let entered: () => void = () => undefined;
      const inside = new Promise<void>((resolve) => (entered = resolve));
      const processing = await process(async (batch, unit) => {
        entered();
        await new Promise((resolve) => setTimeout(resolve, 100));
        await fold(batch, unit);
      });
      await inside;
      await processing.stop();
      expect(await seen()).toEqual([1]);
      expect(processing.status().state).toBe('stopped');
    });

    it('refuses a position of another log', async () => {
      const { harness, log, fold, process } = current();
      await log.publish(outgoing([1], 0));
      const first = await process(fold);
      await first.caughtUp();
      await first.stop();
      await harness.sql.query(`UPDATE stream.position SET log_id = 'another'`);
      const second = await process(fold);
      await expect(
        second
          .caughtUp()
          .then(() => log.publish(outgoing([2], 0)))
          .then(() => second.caughtUp()),
      ).rejects.toMatchObject({
        code: 'log_changed',
      });
      expect(second.status().state).toBe('refused');
      expect(second.status().partitions[0]?.problem?.code).toBe('log_changed');
    });

    it('refuses a position past the end of the log', async () => {
      const { harness, log, fold, process } = current();
      await log.publish(outgoing([1], 0));
      const first = await process(fold);
      await first.caughtUp();
      await first.stop();
      await harness.sql.query('UPDATE stream.position SET next_offset = 9 WHERE partition = 0');
      const second = await process(fold);
      await expect.poll(() => second.status().state).toBe('refused');
      expect(second.status().partitions.find((one) => one.partition === 0)?.problem).toMatchObject({
        code: 'log_changed',
        detail: expect.stringContaining('stands at offset 9') as string,
      });
    });
  });
}
