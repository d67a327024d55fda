// Whether deadlines fire on time and at what rate, with very many clocks armed; beside two job queues on PostgreSQL with the same deadlines.
import { kafkaUnavailable, startKafka } from '@punctual/test-kit';
import { startBenchPostgres } from './durable-postgres.mjs';
import { randomFrom } from './measure.mjs';
import { quietMachine } from './quiet-machine.mjs';
import { count, goal, table } from './table.mjs';
import { openClockDatabase } from './timers/clock-database.mjs';
import { cpuSeconds, residentBytes, startClock } from './timers/clock-process.mjs';
import { openEventStream } from './timers/event-stream.mjs';
import { megabytes, ms, spread } from './timers/latency.mjs';
import { copyTickets } from './timers/copy-tickets.mjs';
import { burst, coldStarts, readers, settleMs, steady } from './timers/measure-clock.mjs';
import { begin, dueTicket, round, waitingTicket } from './timers/schedule.mjs';
import { bareClaims } from './timers/bare-claims.mjs';
import { peers } from './timers/peers.mjs';
import { openSeeding } from './timers/seed-clocks.mjs';

export const summary = 'deadlines fired on time and per second with millions of clocks armed, against two job queues';

const COMMIT_GOAL_MS = 50;
const BURST_GOAL = 12_000;
const START_GOAL_MS = 2_000;
const MEMORY_GOAL = 250 * 1_048_576;
/** As docs/scaling.md advises for very many deadlines. */
const PARTITIONS = 16;
/** Tickets that only wait are copies of at most this many. */
const MOST_TEMPLATES = 4_000;
const prefix = 'bench.';

export async function run({ quick, tickets }) {
  const reason = await kafkaUnavailable();
  if (reason !== null) throw new Error(`this benchmark needs Kafka: ${reason}`);
  const few = quick ? 50_000 : 1_000_000;
  const sizes = tickets === undefined ? [few, 2 * few] : [tickets];
  const load = {
    warmUpSeconds: quick ? 2 : 5,
    measuredSeconds: quick ? 5 : 20,
    perSecond: 500,
    burst: Math.min(quick ? 10_000 : 100_000, Math.floor(sizes[0] / 4)),
    coldStarts: 3,
    perColdStart: 500,
  };
  const postgres = await startBenchPostgres();
  const kafka = await startKafka();
  try {
    console.log(
      `timers: ${sizes.map(count).join(' and ')} clocks armed, ${count(load.perSecond)} deadlines/s for ${load.measuredSeconds} s after a warm-up of ${load.warmUpSeconds} s, then ` +
        `${count(load.burst)} due in one second;\npolicy rego, ${PARTITIONS} partitions, settle ${settleMs / 1_000} s, a watermark a second to each in turn, ` +
        `PostgreSQL with fsync, Kafka read_committed\n`,
    );
    const rounds = await clockRounds({ postgres, kafka, sizes, load });
    printClock(rounds);
    judge(rounds);
    const others = await peers(postgres, { armed: sizes[0], load });
    printPeers(rounds[0], others);
  } finally {
    await postgres.stop();
    await kafka.stop();
  }
}

async function clockRounds({ postgres, kafka, sizes: armedInAll, load }) {
  const { url, drop } = await postgres.createDatabase();
  const seeding = await openSeeding(url, PARTITIONS);
  const database = await openClockDatabase(url);
  const stream = await openEventStream({ brokers: kafka.brokers, prefix, partitions: PARTITIONS });
  const env = {
    DATABASE_URL: url,
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKA_PREFIX: prefix,
    PARTITIONS: String(PARTITIONS),
  };
  const random = randomFrom(500);
  const results = [];
  let from = begin;
  let offset = -1_000_000_000;
  for (const [index, total] of armedInAll.entries()) {
    const name = count(total);
    const armed = total - (armedInAll[index - 1] ?? 0);
    const plan = round(from, load);
    const due = [...plan.steady, ...plan.burst, ...plan.coldStarts.flat()];
    const templates = Math.min(MOST_TEMPLATES, Math.floor((armed - due.length) / 2));
    const copies = Math.floor((armed - due.length) / templates) - 1;
    const begun = performance.now();
    const dues = due.map((dueAt, place) => dueTicket(`D${index}-${place}`, dueAt));
    offset = await seeding.seed(dues, from, offset, progress(`${name}: of ${count(due.length)} folded`, due.length));
    const models = Array.from({ length: templates }, (_, place) => waitingTicket(templateName(index, place), random));
    offset = await seeding.seed(models, from, offset, () => undefined);
    const many = { from: `T${index}0000-`, to: `W${index}`, copies, partitions: PARTITIONS };
    const copied = copies * templates;
    await copyTickets(url, many, progress(`${name}: of ${count(copied)} more copied`, copied));
    const seedMs = performance.now() - begun;
    await database.settle();
    say(`${name}: ${count(armed)} more tickets seeded in ${(seedMs / 1_000).toFixed(0)} s`);
    const rest = await quietMachine();
    say(
      `${rest.quiet ? 'the machine is at rest' : 'the machine is still busy with something'} after ${rest.seconds.toFixed(0)} s`,
    );
    const ids = due.map((_, place) => `D${index}-${place}`);
    const steadyIds = ids.slice(0, plan.steady.length);
    const burstIds = ids.slice(plan.steady.length, plan.steady.length + plan.burst.length);
    const startIds = plan.coldStarts.map((times, start) => {
      const at = plan.steady.length + plan.burst.length + start * times.length;
      return ids.slice(at, at + times.length);
    });
    const sizes = await database.sizes();
    let clock = await startClock(env);
    try {
      if (index === 0) await stream.follow();
      say(`deadlines fall due with ${count(total)} clocks armed`);
      const cpu = await cpuSeconds(clock.pid);
      const fired = await steady(stream, database, plan, steadyIds, PARTITIONS);
      const cpuSteady = ((await cpuSeconds(clock.pid)) - cpu) / steadyIds.length;
      const memory = await residentBytes(clock.pid);
      const claim = await bareClaims(url, PARTITIONS, plan.burstAt);
      say('very many fall due at once');
      const atOnce = await burst(stream, database, clock, plan, burstIds);
      say('it is stopped and started with deadlines due');
      const starts = await coldStarts(stream, database, clock, plan, startIds, env);
      clock = starts.clock;
      say('readers ask');
      const answers = await readers(clock);
      results.push({ armed: total, fired, cpuSteady, memory, claim, atOnce, starts, answers, sizes });
    } finally {
      await clock.stop();
    }
    from = plan.to + settleMs;
  }
  await stream.close();
  await database.close();
  await seeding.close();
  await drop();
  return results;
}

function printClock(rounds) {
  console.log();
  const latency = (name, pick) => rounds.map(({ armed, fired }) => [name, count(armed), ...spread(fired.map(pick))]);
  console.log(
    table(
      ['ms', 'armed', 'p50', 'p99', 'max'],
      [
        ...latency('watermark to committed', ({ toCommit }) => toCommit),
        ...latency('watermark to consumer', ({ toArrival }) => toArrival),
        ...latency('late beyond settle', ({ late }) => late),
      ],
    ),
  );
  console.log(
    '\nlate beyond settle: from deadline + settle to the commit; a watermark comes once a second to each partition\n',
  );
  console.log(
    table(
      ['burst', 'fired/s committed', 'fired/s consumed', 'CPU µs/fired: clock', 'PostgreSQL', 'bare claims/s'],
      rounds.map(({ armed, atOnce: { fired, toCommit, toArrival, cpu }, claim }) => [
        `${count(armed)} armed`,
        count((fired / toCommit) * 1_000),
        count((fired / toArrival) * 1_000),
        count((cpu.clock / fired) * 1e6),
        count((cpu.server / fired) * 1e6),
        count(claim.rate),
      ]),
    ),
  );
  console.log('\nbare claim: the due timers are read from the index and taken from the heap, and nothing is folded\n');
  console.log(
    table(
      [
        'process',
        'ready after ms',
        'first fire after ms',
        'MB armed',
        'MB most, in the burst',
        'CPU µs/fired steadily',
      ],
      rounds.map(({ armed, starts, memory, atOnce, cpuSteady }) => [
        `${count(armed)} armed`,
        ms(starts.ready),
        ms(starts.firstCommit),
        megabytes(memory.now),
        megabytes(atOnce.memory.most),
        count(cpuSteady * 1e6),
      ]),
    ),
  );
  console.log();
  const [first] = rounds;
  console.log(
    table(
      ['GET, median ms (most)', ...rounds.map(({ armed }) => `${count(armed)} open`)],
      first.answers.map(({ path }, index) => [
        path,
        ...rounds.map(({ answers }) => {
          const { status, median, most } = answers[index];
          return `${status === 200 ? '' : `${status}! `}${ms(median)} (${ms(most)})`;
        }),
      ]),
    ),
  );
  console.log();
  const { sizes, armed, claim } = rounds.at(-1);
  console.log(
    table(
      ['per ticket with one clock', 'rows', 'bytes in the table', 'bytes in indexes'],
      sizes
        .filter(({ rows }) => rows >= armed / 4)
        .map(({ name, rows, heap, indexes }) => [
          name,
          count(rows / armed),
          count(heap / armed),
          count(indexes / armed),
        ]),
    ),
  );
  console.log(`a timer held in memory: ${count(claim.bytesPerTimer)} bytes`);
}

function printPeers(own, others) {
  const { atOnce, fired, memory } = own;
  console.log();
  const rows = [
    ['Punctual', ...spread(fired.map(({ late }) => late)), (atOnce.fired / atOnce.toCommit) * 1_000, memory.now],
    ...others.map((one) => [one.name, ...spread(one.late), one.rate, one.resident]),
  ];
  console.log(
    table(
      [`${count(own.armed)} scheduled`, 'late ms p50', 'p99', 'max', 'fired/s at once', 'MB'],
      rows.map(([name, p50, p99, max, rate, bytes]) => [name, p50, p99, max, count(rate), megabytes(bytes)]),
    ),
  );
  for (const { name, note } of others) console.log(`${name}: ${note}`);
}

function judge(rounds) {
  console.log();
  for (const { armed, fired, atOnce, starts, memory } of rounds) {
    const with_ = `with ${count(armed)} armed`;
    const [, p99] = spread(fired.map(({ toCommit }) => toCommit));
    const rate = (atOnce.fired / atOnce.toCommit) * 1_000;
    console.log(
      goal(`${with_}: committed within ${COMMIT_GOAL_MS} ms (p99)`, Number(p99) <= COMMIT_GOAL_MS, `${p99} ms`),
    );
    console.log(goal(`${with_}: ${count(BURST_GOAL)} fired/s at once`, rate >= BURST_GOAL, count(rate)));
    console.log(
      goal(
        `${with_}: first fire ${START_GOAL_MS / 1_000} s after the start`,
        starts.firstCommit <= START_GOAL_MS,
        `${ms(starts.firstCommit)} ms`,
      ),
    );
    console.log(
      goal(
        `${with_}: at most ${megabytes(MEMORY_GOAL)} MB resident`,
        memory.now <= MEMORY_GOAL,
        `${megabytes(memory.now)} MB`,
      ),
    );
  }
}

/** As long as a copy's name, whose four digits are the copy's number. */
function templateName(index, place) {
  return `T${index}0000-${String(place).padStart(6, '0')}`;
}

const started = performance.now();

/** What happens now, on the error stream: the output stays what was measured. */
function say(what) {
  console.error(`  ${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${what}`);
}

function progress(what, total) {
  let next = total / 4;
  return (done) => {
    if (done < next || done === total) return;
    next += total / 4;
    say(`${what}: ${count(done)}`);
  };
}
