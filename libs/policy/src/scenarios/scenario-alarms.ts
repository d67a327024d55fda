import { decideShare, type PriorityShareRule } from '../surge.js';
import type { Scenario } from './scenario.js';

/** The alarms of priority shares that are raised at the end of a scenario, by name: each as the figures of its desk raise and clear it. */
export function scenarioAlarms({ desk }: Scenario, rules: readonly PriorityShareRule[]): string[] {
  return rules.filter((rule) => isRaised(desk, rule)).map(({ name }) => name);
}

function isRaised(desk: Scenario['desk'], rule: PriorityShareRule): boolean {
  let raised = false;
  for (const { created } of desk) {
    if (created === undefined) continue;
    const counts = Object.entries(created);
    const concerned = counts.filter(([priority]) => rule.priorities.includes(priority));
    raised = decideShare(rule, raised, { concerned: total(concerned), all: total(counts) })?.open ?? raised;
  }
  return raised;
}

function total(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}
