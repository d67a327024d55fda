// How fast, and how right, deadlines and worked time are computed: ours against libraries and plain loops, on the same questions.
import { compileCalendar, resolveCalendar } from '@punctual/working-time';
import { bestRates, randomFrom } from './measure.mjs';
import { holidays, openings, questions, zone } from './office-hours.mjs';
import { count, goal, table } from './table.mjs';

export const summary = 'deadlines and worked time per second, against four others, and their wrong answers';

const OWN_GOAL = 15_000_000;
const DEADLINE_RATIO_GOAL = 350;
const WORKED_RATIO_GOAL = 2_000;
/** A contestant answers in order until all is answered or this has passed, ms. */
const PATIENCE_MS = 20_000;

export async function run({ quick }) {
  process.env.TZ = zone;
  const { contestants } = await import('./contestants.mjs');
  const asked = questions(quick ? 2_000 : 20_000, randomFrom(2026));
  const calendar = officeCalendar();
  const others = contestants();

  console.log(
    `working-time: ${count(asked.length)} random questions, ${zone}, Mon-Fri with a lunch break, a year of holidays, one core\n`,
  );
  const deadline = compare('deadline', asked, calendar, others, {
    ask: ({ start, work }, one) => one.deadline(start, work),
    isConvention: (ours, theirs) => !calendar.isOpen(ours) && theirs === calendar.nextOpen(ours),
  });
  const worked = compare('worked', asked, calendar, others, {
    ask: ({ start, end }, one) => one.worked(start, end),
    isConvention: () => false,
  });
  console.log(
    'convention: the deadline falls on closing time and is moved to the next opening; ours stays, as the earliest instant by which the work\nis done. Not counted as wrong. The best correct peer is the fastest without a wrong answer.\n',
  );
  judge('deadline', deadline, DEADLINE_RATIO_GOAL);
  judge('worked', worked, WORKED_RATIO_GOAL);
}

function officeCalendar() {
  const spans = openings.map(({ from, to }) => `${from}-${to}`);
  const weekly = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, spans]));
  const definition = { name: 'office', zone, weekly, holidays: { dates: holidays } };
  return compileCalendar(resolveCalendar(definition, { from: Date.UTC(2025, 0, 1), to: Date.UTC(2028, 0, 1) }));
}

/** Prints one table, and gives back our rate and the rate of the fastest peer that was never wrong. */
function compare(what, asked, calendar, others, { ask, isConvention }) {
  const ours = asked.map((question) => ask(question, calendar));
  const own = ownRate(what, asked, calendar);
  const judged = others.map((one) => ({ name: one.name, ...answers(one, asked, ours, ask, isConvention) }));
  const rows = judged.map(({ name, rate, answered, wrong, convention }) => [
    name,
    count(rate),
    `${count(own / rate)}×`,
    count(answered),
    count(wrong),
    count(convention),
  ]);
  console.log(
    table(
      [what, 'ops/s', 'ours is faster by', 'answered', 'wrong', 'convention'],
      [['Punctual', count(own), '1×', count(asked.length), '0', '0'], ...rows],
    ),
  );
  console.log();
  return { own, peer: judged.filter(({ wrong }) => wrong === 0).sort((a, b) => b.rate - a.rate)[0] };
}

/** Questions stand in flat arrays, so that reading them costs as little as it can; the sum keeps the answers from being optimised away. */
function ownRate(what, asked, calendar) {
  const starts = Float64Array.from(asked, ({ start }) => start);
  const seconds = Float64Array.from(asked, ({ work, end }) => (what === 'deadline' ? work : end));
  const repeats = 100;
  const rounds = { rounds: 10, warmUp: 3 };
  let sum = 0;
  const deadlines = () => {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (let index = 0; index < starts.length; index += 1) sum += calendar.deadline(starts[index], seconds[index]);
    }
    return repeats * starts.length;
  };
  const workeds = () => {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (let index = 0; index < starts.length; index += 1) sum += calendar.worked(starts[index], seconds[index]);
    }
    return repeats * starts.length;
  };
  const [rate] = bestRates([what === 'deadline' ? deadlines : workeds], rounds);
  if (!Number.isFinite(sum)) throw new Error('an answer was no number');
  return rate;
}

function answers(one, asked, ours, ask, isConvention) {
  for (const question of asked.slice(0, 50)) ask(question, one);
  const given = [];
  const begin = performance.now();
  let elapsed = 0;
  while (given.length < asked.length && elapsed < PATIENCE_MS) {
    given.push(ask(asked[given.length], one));
    elapsed = performance.now() - begin;
  }
  const different = given.flatMap((theirs, index) => (theirs === ours[index] ? [] : [[ours[index], theirs]]));
  const convention = different.filter(([own, theirs]) => isConvention(own, theirs)).length;
  return {
    rate: (given.length / elapsed) * 1000,
    answered: given.length,
    wrong: different.length - convention,
    convention,
  };
}

function judge(what, { own, peer }, ratioGoal) {
  console.log(goal(`${what}: ${count(OWN_GOAL)}/s`, own >= OWN_GOAL, `${count(own)}/s`));
  if (peer === undefined) {
    console.log(
      goal(`${what}: ${count(ratioGoal)}× the best correct peer`, false, 'no peer was without a wrong answer'),
    );
    return;
  }
  const ratio = own / peer.rate;
  console.log(
    goal(`${what}: ${count(ratioGoal)}× the best correct peer`, ratio >= ratioGoal, `${count(ratio)}× ${peer.name}`),
  );
}
