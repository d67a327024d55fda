import { installedSources, newerData, type Diagnostic, type Severity } from '@punctual/policy';
import { readPolicyText, type PolicyText } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { IntakeClient } from '../replay/intake-client.js';
import { coloursFor, type Colours } from '../terminal/colour.js';
import { Output } from '../terminal/output.js';

export interface PolicyCheckOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Intake's address: published versions are compared with today's holidays and time zones. */
  readonly published?: string;
}

/** Checks policies and says what is wrong with them like a compiler. 1 where any has an error. */
export async function policyCheck(names: readonly string[], options: PolicyCheckOptions): Promise<ExitCode> {
  const output = Output.stdout();
  const colours = coloursFor(process.stdout);
  let failed = false;
  for (const given of names) {
    const read = await readPolicyText(given);
    const { document } = read.loaded;
    const diagnostics = [...read.loaded.diagnostics, ...(await newerThanPublished(read, options.published))];
    const notes = options.quiet ? 'without notes' : 'with notes';
    failed ||= document === null || diagnostics.some(({ severity }) => severity === 'error');
    const lines = options.json
      ? told(diagnostics, notes).map((one) => JSON.stringify(one))
      : tellFindings({ ...read, loaded: { document, diagnostics } }, notes, colours);
    for (const line of lines) await output.line(line);
  }
  await output.close();
  return failed ? 1 : 0;
}

/** What today's data would change in the version that is published; nothing where none is asked for, or the policy cannot be used. */
async function newerThanPublished(
  { name, yaml, loaded: { document } }: PolicyText,
  intake: string | undefined,
): Promise<readonly Diagnostic[]> {
  if (intake === undefined || document === null) return [];
  const tell = (why: string, waitMs: number): void =>
    void process.stderr.write(`${intake}: ${why}, trying again in ${(waitMs / 1000).toFixed(1)} s\n`);
  const client = new IntakeClient(intake, process.env['PUNCTUAL_TOKEN'] || undefined, tell, '--published');
  return newerData(await client.publishedPolicy(document.id), installedSources(process.versions['tz']), yaml, name);
}

/** Whether what the policy marks as assumed is told, too. */
type Notes = 'with notes' | 'without notes';

/** What is wrong with a policy, and in the last line how much. */
export function tellFindings({ name, yaml, loaded }: PolicyText, notes: Notes, colours: Colours): string[] {
  const findings = told(loaded.diagnostics, notes).flatMap((one) => describe(one, yaml, colours));
  return [...findings, verdict(name, loaded.diagnostics, colours)];
}

function told(diagnostics: readonly Diagnostic[], notes: Notes): readonly Diagnostic[] {
  return notes === 'with notes' ? diagnostics : diagnostics.filter(({ severity }) => severity !== 'info');
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
  const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const sums = `${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('info'), 'note')}`;
  return count('error') > 0 ? `${red('✗')} ${name}: ${sums}` : `${green('✓')} ${name}: ${sums}`;
}
