// How many ticket events the SLA engine folds and publishes per second on one core: in order, with late arrivals, and on old tickets.
import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { Desk } from './desk.mjs';
import { bestRates, randomFrom } from './measure.mjs';
import { count, goal, table } from './table.mjs';
import { conversation, ticket } from './tickets.mjs';

export const summary = 'events folded per second and core: in order, 10 % late, and on old tickets';

const IN_ORDER_GOAL = 300_000;
const LATE_SHARE = 0.1;
const minute = 60_000;

export function run({ quick }) {
  const { document } = builtInPack('rego');
  const policy = compilePolicy(resolvePolicy(document));
  const random = randomFrom(15);
  const begin = Date.UTC(2026, 0, 5, 14);
  const size = quick ? 400 : 4_000;
  const tickets = Array.from({ length: size }, (_, index) => ticket(`T-${index}`, begin + index * 7 * minute, random));
  const punctual = tickets.map(arrivals);
  const [inOrder, late] = measure([punctual, punctual.map((one) => delayed(one, random))], policy);
  const [young, old] = bestRates([appending(5, policy, quick), appending(5_000, policy, quick)], { rounds: 9 });

  console.log(
    `engine: pack rego, ${count(size)} tickets of 15 events, one fold and one publication per event, one core\n`,
  );
  const row = (what, { rate, refolds, said }) => [
    what,
    count(rate),
    (1e6 / rate).toFixed(2),
    count(refolds),
    said.toFixed(2),
  ];
  console.log(
    table(
      ['arrival', 'events/s', 'µs/event', 'refolds', 'published/event'],
      [row('in order', inOrder), row('10 % late', late)],
    ),
  );
  console.log(`10 % late costs ${(inOrder.rate / late.rate).toFixed(2)}× per event\n`);
  console.log(
    table(
      ['ticket with', 'messages/s', 'µs/message'],
      [
        ['5 messages', count(young), (1e6 / young).toFixed(2)],
        ['5,000 messages', count(old), (1e6 / old).toFixed(2)],
      ],
    ),
  );
  console.log(`a message on the old ticket costs ${(young / old).toFixed(2)}× one on the young\n`);
  console.log(goal(`${count(IN_ORDER_GOAL)} events/s in order`, inOrder.rate >= IN_ORDER_GOAL, count(inOrder.rate)));
  console.log(goal('an old ticket costs at most 1.2× a young one', young / old <= 1.2, `${(young / old).toFixed(2)}×`));
}

/** A ticket's events as they arrive, each with the decisions that are known when it does. */
function arrivals({ id, events, decisions }) {
  return {
    id,
    steps: events.map((event) => ({ event, decisions: decisions.filter(({ at }) => at <= event.occurredAt) })),
  };
}

/** One event in ten, never the creation, arrives after one to three later ones; decisions are known once their event arrived. */
function delayed({ id, steps }, random) {
  const place = new Map(steps.map((step, index) => [step, index]));
  for (const [index, step] of steps.entries()) {
    if (index > 0 && index < steps.length - 1 && random() < LATE_SHARE) {
      place.set(step, index + 1.5 + Math.floor(random() * 3));
    }
  }
  const all = steps.at(-1).decisions;
  const arrived = new Set();
  const ordered = [...steps].sort((a, b) => place.get(a) - place.get(b));
  return {
    id,
    steps: ordered.map(({ event }) => {
      arrived.add(event.id);
      return { event, decisions: all.filter(({ eventId }) => arrived.has(eventId)) };
    }),
  };
}

/** The rate at which each set of tickets is taken, how often it was folded from the start, and how much it published per event. */
function measure(sets, policy) {
  const size = (tickets) => tickets.reduce((sum, { steps }) => sum + steps.length, 0);
  const rates = bestRates(sets.map((tickets) => () => (takeAll(tickets, policy), size(tickets))));
  return sets.map((tickets, index) => {
    const { refolds, published } = takeAll(tickets, policy);
    return { rate: rates[index], refolds, said: published / size(tickets) };
  });
}

function takeAll(tickets, policy) {
  let refolds = 0;
  let published = 0;
  for (const { id, steps } of tickets) {
    const desk = new Desk(id, policy);
    for (const { event, decisions } of steps) desk.take(event, decisions);
    refolds += desk.refolds;
    published += desk.published.length;
  }
  return { refolds, published };
}

/** Takes more messages on a ticket that already has `messages`, and returns how many. */
function appending(messages, policy, quick) {
  const more = 200;
  const { id, events, decisions } = conversation('T-long', Date.UTC(2026, 0, 5, 14), messages + more);
  const before = new Desk(id, policy);
  for (const event of events.slice(0, messages + 1)) before.take(event, decisions);
  const rest = events.slice(messages + 1);
  const state = JSON.parse(JSON.stringify(before.state));
  const repeats = quick ? 10 : 50;
  return () => {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const desk = new Desk(id, policy);
      desk.state = state;
      for (const event of rest) desk.take(event, decisions);
      if (desk.refolds > 0) throw new Error('a message in order needed no fold from the start');
    }
    return repeats * rest.length;
  };
}
