import 'reflect-metadata';
import { whyNoLocalKafka } from '@punctual/local-kafka';
import { kafkaUnavailable } from '@punctual/test-kit';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Adversary } from './adversary.js';
import { Deployment } from './deployment.js';
import { judge, Listener, type Verdict } from './judge.js';
import { Random } from './random.js';
import { RecoveryTimes } from './recovery-times.js';
import { TicketLoad } from './ticket-load.js';

/** Set by `npm run chaos`, which alone runs this: it takes minutes, and a machine of its own. */
const faults = Number(process.env['CHAOS_KILLS'] ?? 0);
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const ticketsPerSecond = 6;
/** The last event of a ticket may come after 12 s, and the longest promise ends 10 s later; settle is 2 s. */
const lastDeadlineMs = 25_000;

// Three brokers that can be killed are always started from the jars.
const reason = faults === 0 ? 'npm run chaos runs it' : ((await kafkaUnavailable()) ?? (await whyNoLocalKafka()));

it.skipIf(reason !== null || process.platform === 'win32')(
  `says what the engine says offline, once and in order, whatever is killed under it${reason === null ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const print = (line: string): void => void process.stdout.write(`${line}\n`);
    print(`chaos: seed ${seed}, ${faults} faults`);
    const deployment = await Deployment.start(2);
    const recovery = new RecoveryTimes(() => deployment.databaseUrl);
    const load = new TicketLoad(deployment, new Random(seed));
    const adversary = new Adversary(deployment, new Random(seed + 1), recovery);
    const listener = new Listener(deployment.kafka.brokers);
    let verdict: Verdict | undefined;
    try {
      await load.publishPolicy();
      const enough = new AbortController();
      const making = load.run(ticketsPerSecond, enough.signal);
      await pause(3_000);
      await adversary.run(faults).finally(() => enough.abort());
      await making;
      await load.delivered();
      await pause(lastDeadlineMs - 12_000);
      await listener.start();
      verdict = await settledVerdict(load, listener);
      for (const [kind, count] of [...adversary.done].sort()) print(`  ${kind.padEnd(24)}${String(count).padStart(4)}`);
      const { events, late, lost, duplicates, retractions, problems } = verdict;
      print(`  ${load.tickets.size} tickets, ${late} with an event later than settle; ${events} SLA events`);
      print(`  lost ${lost}, twice ${duplicates}, retracted ${retractions}, wrong tickets ${problems.length}`);
      print('from the fault to every partition moving again:');
      for (const line of recovery.table()) print(line);
      expect(problems.map(({ ticket, what }) => `${ticket}: ${what}`)).toEqual([]);
      expect(duplicates).toBe(0);
    } catch (error) {
      print(`chaos failed with seed ${seed}; logs and stories are in ${deployment.directory}`);
      writeFileSync(join(deployment.directory, 'stories.json'), JSON.stringify(verdict?.problems ?? [], null, 1));
      throw error;
    } finally {
      await listener.stop();
      await recovery.stop();
      await deployment.stop();
    }
    await deployment.deleteFiles();
  },
  7_200_000,
);

/** Listens until all is as it should be, at most a minute, and then a while for what must not come. */
async function settledVerdict(load: TicketLoad, listener: Listener): Promise<Verdict> {
  const limit = performance.now() + 60_000;
  const lookAgain = (): Verdict => judge(load.tickets, listener.heard, Date.now());
  while (lookAgain().problems.length > 0 && performance.now() < limit) await pause(500);
  await pause(2_000);
  return lookAgain();
}
