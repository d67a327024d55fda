import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Adversary, type Fault } from './adversary.js';
import { Deployment } from './deployment.js';
import { Judge, type Verdict } from './judge.js';
import { LogReader } from './log-reader.js';
import { Random } from './random.js';
import { RecoveryTimes } from './recovery-times.js';
import { longestPromiseMs, longestStoryMs, TicketLoad } from './ticket-load.js';

export interface ChaosOptions {
  readonly seed: number;
  /** What is done, in this order, a few at a time. */
  readonly faults: (random: Random) => Iterable<Fault>;
  /** Takes what there is to tell, a line at a time. */
  readonly print: (line: string) => void;
}

const ticketsPerSecond = 6;
/** The tickets of this long are open before the first fault. */
const calmMs = 2_000;

/** Sends tickets to a whole deployment, strikes it meanwhile, and judges what stands on the log at the end. Where that is not right, logs and stories stay. */
export async function runChaos({ seed, faults, print }: ChaosOptions): Promise<Verdict> {
  const deployment = await Deployment.start(2);
  const recovery = new RecoveryTimes(() => deployment.databaseUrl);
  const load = new TicketLoad(deployment, new Random(seed));
  const random = new Random(seed + 1);
  const adversary = new Adversary(deployment, random, recovery, print);
  const reader = new LogReader(deployment.kafka.brokers);
  let verdict: Verdict | undefined;
  try {
    await load.publishPolicy();
    const enough = new AbortController();
    const making = load.run(ticketsPerSecond, enough.signal);
    await pause(calmMs);
    await adversary.run(faults(random)).finally(() => enough.abort());
    await making;
    const lastTicketAt = Date.now();
    await load.delivered();
    await reader.start();
    await pause(Math.max(0, lastTicketAt + longestStoryMs + longestPromiseMs - Date.now()));
    verdict = await settledVerdict(load, reader);
    for (const line of [...adversary.table(), ...summary(verdict), ...recovery.table()]) print(line);
    return verdict;
  } finally {
    await reader.stop();
    await recovery.stop();
    await deployment.stop();
    if (verdict?.complaints.length === 0) await deployment.deleteFiles();
    else {
      print(`chaos failed with seed ${seed}; logs and stories are in ${deployment.directory}`);
      writeFileSync(join(deployment.directory, 'verdict.json'), JSON.stringify(verdict ?? null, null, 1));
      for (const topic of ['received', 'classified', 'said'] as const)
        writeFileSync(
          join(deployment.directory, `${topic}.ndjson`),
          reader[topic].map((heard) => JSON.stringify(heard)).join('\n'),
        );
    }
  }
}

/** Listens until all is as it should be, at most a minute, and then a while for what must not come. */
async function settledVerdict(load: TicketLoad, reader: LogReader): Promise<Verdict> {
  const limit = performance.now() + 60_000;
  const judge = new Judge(load.tickets, Date.now());
  while (judge.verdict(reader).complaints.length > 0 && performance.now() < limit) await pause(250);
  await pause(1_000);
  await reader.atEnd(30_000);
  return judge.verdict(reader);
}

function summary({ tickets, lateTickets, events, retractions, complaints }: Verdict): string[] {
  const kinds = Map.groupBy(complaints, ({ kind }) => kind);
  const count = (kind: keyof typeof counted): string => `${counted[kind]} ${kinds.get(kind)?.length ?? 0}`;
  return [
    `  ${tickets} tickets, ${lateTickets} with an event later than settle; ${events} SLA events, ${retractions} of them retractions`,
    `  ${(Object.keys(counted) as (keyof typeof counted)[]).map(count).join(', ')}`,
  ];
}

const counted = {
  lost: 'lost',
  false: 'false',
  twice: 'twice',
  order: 'out of order',
  retracted: 'retracted though timely',
  overtaken: 'overtaken by time',
  dead_letter: 'dead letters',
} as const;
