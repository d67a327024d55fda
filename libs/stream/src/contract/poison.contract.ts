import { describe, expect, it } from 'vitest';
import { input, outgoing, type ContractContext } from './contract-context.js';
import { DeadLetterDesk } from '../dead-letters/dead-letter-desk.js';
import { countUnresolved } from '../dead-letters/dead-letter-store.js';
import type { FoundLetter } from '../dead-letters/found-letter.js';
import { readDeadLetter } from '../dead-letters/dead-letter.js';

/** A record that cannot be folded leaves the way, with all that is known about it. */
export function poisonContract(current: () => ContractContext): void {
  describe('poison', () => {
    it('goes to the dead letters in the same transaction, and the rest proceeds', async () => {
      const { harness, log, fold, process, seen } = current();
      await log.publish(outgoing([1], 0));
      await harness.appendText(input, 0, 'broken', 'not\njson');
      await log.publish([{ topic: input, partition: 0, key: 'k', value: -1, headers: { trace: 't' } }]);
      await log.publish(outgoing([2], 0));
      let fail = true;
      const processing = await process(async (batch, unit) => {
        const poison = batch.records.filter((record) => record.malformed !== undefined || Number(record.value) < 0);
        for (const record of poison) {
          unit.deadLetter(record, { code: 'invalid_record', detail: 'no good', stage: 'contract' });
        }
        await fold({ ...batch, records: batch.records.filter((record) => !poison.includes(record)) }, unit);
        if (!fail) return;
        fail = false;
        throw new Error('rolls the dead letters back, too');
      });
      await processing.caughtUp();
      expect(await seen()).toEqual([1, 2]);
      const letters = await harness.read(`${input}.dlq`, 0);
      expect(letters).toMatchObject([
        { key: 'broken', value: null, malformed: 'not\njson' },
        { key: 'k', value: -1, headers: { trace: 't' } },
      ]);
      expect(letters.map((letter) => readDeadLetter(letter))).toMatchObject([
        {
          code: 'invalid_record',
          detail: 'no good',
          stage: 'contract',
          origin: { topic: input, partition: 0, offset: 1 },
          attempt: 1,
        },
        { origin: { offset: 2 }, attempt: 1 },
      ]);
    });

    it('can be redriven once by anyone, and remembers that it was', async () => {
      const { harness, log, process } = current();
      const desk = new DeadLetterDesk(log, harness.dataSource, [input]);
      await log.publish(outgoing([7], 1));
      const processing = await process(async (batch, unit) => {
        for (const record of batch.records)
          unit.deadLetter(record, { code: 'sealed', detail: 'again', stage: 'contract' });
      });
      await processing.caughtUp();
      const letters = await desk.list({ which: 'unresolved' });
      expect(letters).toMatchObject([{ id: `${input}/1/0`, code: 'sealed', attempt: 1, key: 'k0', resolved: null }]);
      expect(await desk.read(letters[0] as FoundLetter)).toMatchObject({ value: 7, key: 'k0' });
      const twice = await Promise.all([desk.redrive(letters, 'unresolved'), desk.redrive(letters, 'unresolved')]);
      expect(twice.flat()).toHaveLength(1);
      await processing.caughtUp();
      const found = await desk.list({ which: 'all' });
      expect(found.map(({ attempt, resolved }) => [attempt, resolved?.how])).toEqual([
        [1, 'redriven'],
        [2, undefined],
      ]);
      expect(await countUnresolved(harness.sql)).toEqual([{ topic: input, code: 'sealed', letters: 1 }]);
      expect(await desk.dismiss(await desk.list({ which: 'unresolved' }))).toHaveLength(1);
      expect(await countUnresolved(harness.sql)).toEqual([]);
      const again = (await harness.read(`${input}.dlq`, 1))[1];
      expect(again).toMatchObject({ key: 'k0', value: 7 });
      expect(again && readDeadLetter(again)?.attempt).toBe(2);
      expect(await desk.redrive(letters, 'all')).toHaveLength(1);
    });
  });
}
