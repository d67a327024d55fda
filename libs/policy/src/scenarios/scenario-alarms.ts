import { decideShare, type PriorityShareRule } from '../surge.js';
import type { Scenario } from './scenario.js';

/** The alarms of priority shares that are raised at the end of a scenario, by name: each as the figures of its desk raise and clear it. */
export function scenarioAlarms({ desk }: Scenario, rules: readonly PriorityShareRule[]): string[] {
  return rules.filter((rule) => isRaised(desk, rule)).map(({ name }) => name);
}

type Created = NonNullable<Scenario['desk'][number]['created']>;

function isRaised(desk: Scenario['desk'], rule: PriorityShareRule): boolean {
  let raised = false;
  for (const { created } of desk) {
    if (created === undefined) continue;
    const counts = countsFor(created, rule);
    const concerned = counts.filter(([priority]) => rule.priorities.includes(priority));
    raised = decideShare(rule, raised, { concerned: total(concerned), all: total(counts) })?.open ?? raised;
  }
  return raised;
}

/** How many tickets that a share counts there are of each priority: of its scheme only, where it names one. */
function countsFor(created: Created, { scheme }: PriorityShareRule): (readonly [priority: string, count: number])[] {
  return Object.entries(created).flatMap(([name, count]) => {
    if (typeof count !== 'number') return scheme === undefined || scheme === name ? Object.entries(count) : [];
    return scheme === undefined ? [[name, count] as const] : [];
  });
}

function total(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}
