import type { Diagnostic, Severity } from '@punctual/policy';
import { readPolicyText } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { coloursFor, type Colours } from '../terminal/colour.js';
import { Output } from '../terminal/output.js';

export interface PolicyCheckOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Checks policies and says what is wrong with them like a compiler. 1 where any has an error. */
export async function policyCheck(names: readonly string[], options: PolicyCheckOptions): Promise<ExitCode> {
  const output = Output.stdout();
  const colours = coloursFor(process.stdout);
  let failed = false;
  for (const given of names) {
    const { name, yaml, loaded } = await readPolicyText(given);
    const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error').length;
    failed ||= errors > 0 || loaded.document === null;
    for (const diagnostic of loaded.diagnostics) {
      if (options.quiet && diagnostic.severity === 'info') continue;
      const lines = options.json ? [JSON.stringify(diagnostic)] : describe(diagnostic, yaml, colours);
      for (const line of lines) await output.line(line);
    }
    if (!options.json) await output.line(verdict(name, loaded.diagnostics, colours));
  }
  await output.close();
  return failed ? 1 : 0;
}

function describe(diagnostic: Diagnostic, yaml: string, colours: Colours): string[] {
  const { file, line, column, severity, code, message, suggestion } = diagnostic;
  const paint: Record<Severity, (text: string) => string> = {
    error: colours.red,
    warning: colours.yellow,
    info: colours.cyan,
  };
  const lines = [
    `${colours.bold(`${file}:${line}:${column}:`)} ${paint[severity](severity)}: ${message.trim()} ${colours.dim(`[${code}]`)}`,
  ];
  const written = yaml.split('\n')[line - 1]?.replaceAll('\t', ' ');
  if (severity !== 'info' && written?.trim()) {
    const margin = String(line).length;
    lines.push(`  ${colours.dim(`${line} |`)} ${written.slice(0, 160)}`);
    if (column <= 160)
      lines.push(
        `  ${colours.dim(`${' '.repeat(margin)} |`)} ${' '.repeat(Math.max(0, column - 1))}${paint[severity]('^')}`,
      );
  }
  if (suggestion !== undefined) lines.push(`  ${colours.dim('help:')} ${suggestion}`);
  return lines;
}

function verdict(name: string, diagnostics: readonly Diagnostic[], { green, red }: Colours): string {
  const count = (severity: Severity): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const told = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const sums = `${told(count('error'), 'error')}, ${told(count('warning'), 'warning')}, ${told(count('info'), 'note')}`;
  return count('error') > 0 ? `${red('✗')} ${name}: ${sums}` : `${green('✓')} ${name}: ${sums}`;
}
