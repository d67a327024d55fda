import { describe, expect, it } from 'vitest';
import { input, outgoing, type ContractContext } from './contract-context.js';
import { readDeadLetter, redrivenRecord } from '../dead-letter.js';

/** A record that cannot be folded leaves the way, with all that is known about it. */
export function poisonContract(current: () => ContractContext): void {
  describe('poison', () => {
    it('goes to the dead letters in the same transaction, and the rest proceeds', async () => {
      const { harness, log, fold, process, seen } = current();
      await log.publish(outgoing([1], 0));
      await harness.appendText(input, 0, 'broken', 'not json');
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
        { key: 'broken', value: null, malformed: 'not json' },
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

    it('can be redriven, and remembers that it was', async () => {
      const { harness, log, process } = current();
      await log.publish(outgoing([7], 1));
      const processing = await process(async (batch, unit) => {
        for (const record of batch.records)
          unit.deadLetter(record, { code: 'sealed', detail: 'again', stage: 'contract' });
      });
      await processing.caughtUp();
      const [letter] = await harness.read(`${input}.dlq`, 1);
      if (letter === undefined) throw new Error('no dead letter');
      await log.publish([redrivenRecord(letter)]);
      await processing.caughtUp();
      const again = (await harness.read(`${input}.dlq`, 1))[1];
      expect(again).toMatchObject({ key: 'k0', value: 7 });
      expect(again && readDeadLetter(again)?.attempt).toBe(2);
    });
  });
}
