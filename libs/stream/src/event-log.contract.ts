import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeadLetter, redrivenRecord } from './dead-letter.js';
import type { BatchHandler, EventLog, LogRecord, OutgoingRecord, Processing, Sql } from './event-log.js';

/** One store or cluster, fresh for each test, and what a test must be able to do to it. */
export interface LogHarness {
  readonly partitions: number;
  /** Committed states, as any other connection sees them. */
  readonly sql: Sql;
  /** Opens the log as another process would. */
  open(): Promise<OpenedLog>;
  /** Publishes and leaves the commit open. */
  beginPublish(records: readonly OutgoingRecord[]): Promise<{ commit(): Promise<void>; rollback(): Promise<void> }>;
  /** Appends text that need not be JSON. */
  appendText(topic: string, partition: number, key: string, text: string): Promise<void>;
  /** Everything committed in a partition. */
  read(topic: string, partition: number): Promise<readonly LogRecord[]>;
  /** Ends everything and fails if something was left open. */
  close(): Promise<void>;
}

export interface OpenedLog {
  readonly log: EventLog;
  /** Cuts every connection to the database for good, as the death of the process would, without finishing anything. */
  kill(): Promise<void>;
}

const input = 'contract.in';
const output = 'contract.out';
const group = 'fold';

/** The behaviour every driver must show; one that differs has a bug. */
export function eventLogContract(driver: string, newHarness: () => Promise<LogHarness>): void {
  describe(`event log contract: ${driver}`, () => {
    let harness: LogHarness;
    let log: EventLog;

    beforeEach(async () => {
      harness = await newHarness();
      ({ log } = await harness.open());
      await harness.sql.query('CREATE TABLE seen (partition int, value int PRIMARY KEY, position int)');
    });
    afterEach(() => harness.close());

    const outgoing = (values: readonly number[], partition: number, topic = input): OutgoingRecord[] =>
      values.map((value) => ({ topic, partition, key: `k${value % 7}`, value }));

    const valuesIn = async (topic: string, partition: number): Promise<unknown[]> =>
      (await harness.read(topic, partition)).map((record) => record.value);

    const seen = async (): Promise<number[]> => {
      const rows = await harness.sql.query<{ value: number }>('SELECT value FROM seen ORDER BY value');
      return rows.map((row) => row.value);
    };

    /** Stores each record, which fails if one comes twice, and passes it on. */
    const fold: BatchHandler = async ({ partition, records }, unit) => {
      const sql = await unit.transaction();
      await sql.query('INSERT INTO seen SELECT $1, * FROM unnest($2::int[], $3::int[])', [
        partition,
        records.map((record) => record.value),
        records.map((record) => record.offset),
      ]);
      unit.emit(records.map(({ key, value }) => ({ topic: output, partition, key, value })));
    };

    const process = (handler: BatchHandler, on: EventLog = log, maxBatch?: number): Promise<Processing> =>
      on.process({ group, topics: [input], handler, ...(maxBatch === undefined ? {} : { maxBatch }) });

    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

    describe('order and delivery', () => {
      it('hands a partition its records in the order published, each once, with key, headers and time', async () => {
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
        const other = (await harness.open()).log;
        const processing = await process(fold);
        await processing.caughtUp();
        await other.publish(outgoing([1], 0));
        await expect.poll(seen, { timeout: 5_000, interval: 10 }).toEqual([1]);
      });

      it('does not pass a record whose publisher commits late', async () => {
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
        const processing = await process(fold);
        const slow = await harness.beginPublish(outgoing([1, 2], 0));
        await slow.rollback();
        await log.publish(outgoing([3], 0));
        await processing.caughtUp();
        expect(await seen()).toEqual([3]);
      });

      it('never gives more records in a batch than asked for, nor two batches of a partition at once', async () => {
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
        await log.publish([]);
        const processing = await process(fold);
        await processing.caughtUp();
        expect(await seen()).toEqual([]);
      });

      it('refuses what is not JSON, and partitions that do not exist, before anything is written', async () => {
        const good = outgoing([1], 0);
        await expect(log.publish([...good, { topic: input, partition: 0, key: 'k', value: 1n }])).rejects.toMatchObject(
          {
            code: 'invalid_record',
          },
        );
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
        await harness.appendText(input, 0, 'k', '{"half":');
        const got: LogRecord[] = [];
        const processing = await process(async (batch) => void got.push(...batch.records));
        await processing.caughtUp();
        expect(got).toMatchObject([{ value: null, malformed: '{"half":' }]);
      });

      it('gives every group all records', async () => {
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

    describe('exactly once', () => {
      it('commits states, outputs and position together or not at all', async () => {
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

      it('does not commit when a statement failed, even if the handler hid it', async () => {
        await log.publish(outgoing([1], 0));
        let hide = true;
        const processing = await process(async (batch, unit) => {
          await fold(batch, unit);
          if (!hide) return;
          hide = false;
          const sql = await unit.transaction();
          await sql.query('SELECT 1 / 0').catch(() => undefined);
        });
        await processing.caughtUp();
        expect(await seen()).toEqual([1]);
        expect(await valuesIn(output, 0)).toEqual([1]);
      });

      it('loses and repeats nothing when its process dies between insert and commit', async () => {
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

    describe('lazy positions', () => {
      it('commits nothing for a unit that did nothing, and saves its position with the next that does', async () => {
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

    describe('poison', () => {
      it('goes to the dead letters in the same transaction, and the rest proceeds', async () => {
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

    describe('the processing', () => {
      it('tells how far it is behind', async () => {
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

      it('runs what waits for the commit after it, in order, and not after a rollback', async () => {
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

      it('finishes the batch in hand when it stops', async () => {
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
  });
}
