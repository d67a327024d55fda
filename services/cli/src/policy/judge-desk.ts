import { formatInstant, type Instant } from '@punctual/contracts';
import {
  compareQueuePlaces,
  scenarioAlarms,
  type DeskPolicy,
  type Scenario,
  type ScenarioSurge,
  type TicketAttributes,
} from '@punctual/policy';
import { earliestDue, linkedBy, waitsForOthers, type TicketState } from '@punctual/sla-engine';
import { compare, type Mismatch } from './mismatch.js';

/**
 * What a scenario expects of its desk at its end, and does not come: what customers are told, the alarms that are raised, the links, the
 * queue.
 */
export function deskMismatches(
  scenario: Scenario,
  policy: DeskPolicy,
  state: TicketState,
  last: ScenarioSurge | undefined,
  until: Instant,
): Mismatch[] {
  const { nextOpening, alarms, queue, links } = scenario.expect;
  // Customers are told only while a surge is open.
  const told = last !== undefined && last.to === null ? policy.nextOpening(until) : null;
  return [
    ...compare('nextOpening', nextOpening === undefined ? undefined : instantText(nextOpening), instantText(told)),
    ...compare('alarms', alarms && list(alarms), list(scenarioAlarms(scenario, policy.priorityShares))),
    ...compare('links', links && list(links.toSorted()), list(linksOf(scenario, state))),
    ...compare('queue', queue && list(queue), list(queueOf(scenario, policy, state))),
  ];
}

/** The tickets that the scenario's ticket names, and those beside it that name it. */
function linksOf({ beside, ticket: { id } }: Scenario, state: TicketState): string[] {
  const naming = beside.flatMap((other) => (other.related?.includes(id) === true ? [other.id] : []));
  return [...new Set([...linkedBy(state).map(({ ticket }) => ticket), ...naming])].sort();
}

/** The scenario's ticket, where it waits, and those beside it, the one to take next first. */
function queueOf({ beside, ticket: { id } }: Scenario, policy: DeskPolicy, state: TicketState): string[] {
  const { source, attributes, priority, solved, gone } = state;
  const waits = solved === null && gone === null;
  const others = beside.map((other) => ({
    ...{ source, ticket: other.id, priority: other.priority ?? null, dueAt: other.dueAt ?? null, outOfTurn: false },
    waits: other.waits ?? false,
    attributes: attributesOf(other),
  }));
  const outOfTurn = (state.outOfTurn ?? null) !== null;
  const own = {
    source,
    ticket: id,
    attributes,
    priority,
    dueAt: earliestDue(state),
    outOfTurn,
    waits: waitsForOthers(state),
  };
  return [...others, ...(waits ? [own] : [])]
    .map((entry) => ({ ticket: entry.ticket, place: policy.placeInQueue(entry) }))
    .sort((a, b) => compareQueuePlaces(a.place, b.place))
    .map(({ ticket }) => ticket);
}

function attributesOf(other: Scenario['beside'][number]): TicketAttributes {
  const { customer = null, plan = null, tier = null, channel = null, product = null, stage = null } = other;
  return { customer, plan, tier, channel, product, stage, fields: other.fields ?? {} };
}

function instantText(at: Instant | null): string {
  return at === null ? 'none' : formatInstant(at);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
