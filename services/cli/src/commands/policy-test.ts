import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  builtInPackNames,
  formatDiagnostic,
  loadScenarios,
  type DeskPolicy,
  type LoadedScenarios,
} from '@punctual/policy';
import { readPolicy, readPolicyText } from '../policy/read-policy.js';
import type { Mismatch } from '../policy/mismatch.js';
import { runScenario } from '../policy/run-scenario.js';
import type { ExitCode } from '../program.js';
import { coloursFor, type Colours } from '../terminal/colour.js';
import { readText } from '../terminal/input.js';
import { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';

export interface PolicyTestOptions {
  readonly policy?: string;
  readonly json?: boolean;
  readonly failuresOnly?: boolean;
}

interface Suite {
  readonly name: string;
  readonly scenarios: LoadedScenarios;
  readonly policy: DeskPolicy;
}

/** Plays the scenarios of files or packs. 1 where any expectation does not hold. */
export async function policyTest(names: readonly string[], options: PolicyTestOptions): Promise<ExitCode> {
  const output = Output.stdout();
  const colours = coloursFor(process.stdout);
  let [passed, failed] = [0, 0];
  for (const given of names) {
    const suite = await readSuite(given, options.policy);
    if (!options.json)
      await output.line(
        colours.bold(`${suite.name} ${colours.dim(`under ${suite.policy.id} (${suite.policy.version.slice(0, 12)})`)}`),
      );
    for (const [index, scenario] of (suite.scenarios.file?.scenarios ?? []).entries()) {
      const mismatches = runScenario(scenario, suite.policy);
      if (mismatches.length === 0) passed++;
      else failed++;
      const line = suite.scenarios.lines[index] ?? 1;
      const lines = options.json
        ? [
            JSON.stringify({
              file: suite.name,
              line,
              scenario: scenario.name,
              passed: mismatches.length === 0,
              mismatches,
            }),
          ]
        : describe(
            scenario.name,
            scenario.proves,
            `${suite.name}:${line}`,
            mismatches,
            colours,
            options.failuresOnly === true,
          );
      for (const text of lines) await output.line(text);
    }
    await output.flush();
  }
  if (!options.json) {
    const sums = `${passed} passed, ${failed} failed`;
    await output.line(failed > 0 ? colours.red(sums) : colours.green(sums));
  }
  await output.close();
  return failed > 0 ? 1 : 0;
}

function describe(
  name: string,
  proves: string,
  where: string,
  mismatches: readonly Mismatch[],
  { red, green, dim }: Colours,
  failuresOnly: boolean,
): string[] {
  if (mismatches.length === 0) return failuresOnly ? [] : [`  ${green('✓')} ${name}`];
  return [
    `  ${red('✗')} ${name}  ${dim(where)}`,
    `      ${dim(`proves: ${proves.trim()}`)}`,
    ...mismatches.flatMap((mismatch) => [
      `      ${mismatch.where}`,
      `        ${green(`+ expected ${mismatch.expected}`)}`,
      `        ${red(`- actual   ${mismatch.actual}`)}`,
    ]),
  ];
}

async function readSuite(given: string, policyOption: string | undefined): Promise<Suite> {
  const pack = builtInPackNames.find((name) => name === given);
  const name = pack ? `${pack}.scenarios.yaml` : scenariosBeside(given);
  const text = pack ? ((await readPolicyText(pack)).scenarios ?? '') : await readText(name);
  const scenarios = loadScenarios(text, name);
  if (!scenarios.file) {
    for (const diagnostic of scenarios.diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
    throw new UserError(`${name} cannot be run`, { where: name, fix: 'mend the errors above' });
  }
  const { policy } = await readPolicy(policyOption ?? pack ?? policyOf(name, scenarios.file.policy));
  return { name, scenarios, policy };
}

/** For `x.policy.yaml` the scenarios beside it are meant. */
function scenariosBeside(path: string): string {
  const beside = path.replace(/\.policy\.(ya?ml)$/, '.scenarios.$1');
  if (beside === path || existsSync(beside)) return beside;
  throw new UserError(`there are no scenarios beside ${path}`, {
    where: beside,
    fix: 'write them there, or name a *.scenarios.yaml',
  });
}

/** The policy a scenario file names: a file, relative to it, or an id: the file of that name beside it, else a built-in pack. */
function policyOf(scenariosPath: string, named: string): string {
  const folder = dirname(scenariosPath);
  const candidates = [
    join(folder, named),
    join(folder, `${named}.policy.yaml`),
    join(folder, basename(scenariosPath).replace('.scenarios.', '.policy.')),
  ];
  const found = candidates.find((candidate) => /\.ya?ml$/.test(candidate) && existsSync(candidate));
  return found ?? named;
}
