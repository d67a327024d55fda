import { builtInPack, builtInPackNames, compilePolicy, loadScenarios, resolvePolicy } from '@punctual/policy';
import { describe, expect, it } from 'vitest';
import { runScenario } from './run-scenario.js';

describe.each(builtInPackNames)('what %s promises', (name) => {
  const pack = builtInPack(name);
  const policy = pack?.document ? compilePolicy(resolvePolicy(pack.document)) : null;
  const scenarios = loadScenarios(pack?.scenarios ?? '', `${name}.scenarios.yaml`).file?.scenarios ?? [];

  it('has scenarios', () => {
    expect(scenarios).not.toEqual([]);
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
    if (!policy) throw new Error(`${name} does not load`);
    expect(runScenario(scenario, policy)).toEqual([]);
  });
});
