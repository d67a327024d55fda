import { describe, expect, it } from 'vitest';
import { group, outgoing, type ContractContext } from './contract-context.js';

/** Units that do nothing cost nothing. */
export function lazyPositionsContract(current: () => ContractContext): void {
  describe('lazy positions', () => {
    it('commits nothing for a unit that did nothing, and saves its position with the next that does', async () => {
      const { harness, log, fold, process } = current();
      const processing = await process(async (batch, unit) => {
        const wanted = batch.records.filter((record) => record.value !== 0);
        if (wanted.length > 0) await fold({ ...batch, records: wanted }, unit);
      });
      await log.publish(outgoing([0], 0));
      await processing.caughtUp();
      const saved = async (): Promise<number> => {
        const rows = await harness.sql.query<{ next_offset: string }>(
          'SELECT next_offset FROM stream.position WHERE group_name = $1 AND partition = 0',
          [group],
        );
        return Number(rows[0]?.next_offset);
      };
      expect(processing.status().counts).toMatchObject({ committed: 0, idle: 1 });
      expect(await saved()).toBe(0);
      await log.publish(outgoing([5], 0));
      await processing.caughtUp();
      expect(await saved()).toBe(2);
      await log.publish(outgoing([0], 0));
      await processing.caughtUp();
      await processing.stop();
      expect(await saved()).toBe(3);
    });

    it('hands records of idle units over again after a failure: their effect was in memory only', async () => {
      const { log, process } = current();
      const offsets: number[] = [];
      let fail = true;
      const processing = await process(async (batch, unit) => {
        offsets.push(...batch.records.map((record) => record.offset));
        if (batch.records.every((record) => record.value === 0)) return;
        await unit.transaction();
        if (!fail) return;
        fail = false;
        throw new Error('once');
      });
      await log.publish(outgoing([0], 0));
      await processing.caughtUp();
      await log.publish(outgoing([1], 0));
      await processing.caughtUp();
      expect(offsets).toEqual([0, 1, 0, 1]);
    });
  });
}
