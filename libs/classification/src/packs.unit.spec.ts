import { describe, expect, test } from 'vitest';
import {
  builtInPack,
  builtInPackNames,
  compilePolicy,
  DEFAULT_HORIZON,
  loadScenarios,
  resolvePolicy,
  scenarioEvents,
} from '@punctual/policy';
import { decidePriorities } from './decide-priorities.js';
import { toPriorityInput } from './priority-input.js';

describe.each(builtInPackNames)('the scenarios of %s', (name) => {
  const pack = builtInPack(name);
  const compiled = pack?.document ? compilePolicy(resolvePolicy(pack.document, DEFAULT_HORIZON)) : null;
  const loaded = loadScenarios(pack?.scenarios ?? '', `${name}.scenarios.yaml`);
  const scenarios = (loaded.file?.scenarios ?? []).filter((scenario) => scenario.expect.classification !== undefined);

  test('there are some', () => expect(scenarios.length).toBeGreaterThan(0));

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
    if (!compiled) throw new Error(`${name} does not load`);
    const inputs = scenarioEvents(scenario)
      .map(toPriorityInput)
      .filter((input) => input !== null);
    const decision = decidePriorities(inputs, compiled).priorityHistory.at(-1);
    const { priority, rule, status } = scenario.expect.classification ?? {};
    expect({
      ...(priority === undefined ? {} : { priority: decision?.priority }),
      ...(rule === undefined ? {} : { rule: decision?.rule }),
      ...(status === undefined ? {} : { status: decision?.status }),
      reason: decision?.reason,
    }).toMatchObject({
      ...(priority === undefined ? {} : { priority }),
      ...(rule === undefined ? {} : { rule }),
      ...(status === undefined ? {} : { status }),
    });
  });
});
