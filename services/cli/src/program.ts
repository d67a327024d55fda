import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { coloursFor } from './terminal/colour.js';
import { UserError } from './user-error.js';

/** What a command's module gives: it runs and says how the command ends (0 ok, 1 the answer is negative, 2 bad input). */
export type ExitCode = 0 | 1 | 2;

/** Runs the command line and returns its exit code; nothing but a bug throws. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = buildProgram((code) => (exitCode = code));
  if (args.length === 0) {
    process.stderr.write(program.helpInformation());
    return 2;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed its own message by now; help and version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UserError) {
      reportUserError(error);
      return error.exitCode;
    }
    throw error;
  }
}

function reportUserError({ what, hints }: UserError): void {
  const { red, dim } = coloursFor(process.stderr);
  const lines = [`${red('punctual:')} ${what}`];
  if (hints.where) lines.push(`  ${dim('where:')} ${hints.where}`);
  if (hints.fix) lines.push(`  ${dim('fix:')}   ${hints.fix}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Commands import their module when they run, so that none pays for the others' start. */
function buildProgram(end: (code: ExitCode) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('punctual')
    .description("Keeps a helpdesk's promises honest: calendars, policies, clocks, offline and reproducible.")
    .version(version)
    .exitOverride()
    .showHelpAfterError('(punctual --help, or punctual COMMAND --help, shows the usage)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', '\nExit codes: 0 ok, 1 the answer is negative, 2 usage or bad input.');

  const calendar = program.command('calendar').description('ask the calendar engine');
  calendar
    .command('eval')
    .description('answer calendar questions: JSON lines on standard input, one answer a line')
    .addHelpText(
      'after',
      example(
        `echo '{"tz":"Europe/Paris","weekly":{"fri":[["09:00","17:00"]]},"op":"add","args":{"start":"2026-03-06T15:00:00Z","seconds":7200}}' | punctual calendar eval`,
        'punctual calendar eval < questions.jsonl > answers.jsonl',
      ),
    )
    .action(async () => end(await (await import('./commands/calendar-eval.js')).calendarEval()));

  program
    .command('import')
    .description('turn any table of events (CSV, also gzip) into ticket events, by a mapping file')
    .argument('<log>', 'the table; - reads standard input')
    .requiredOption('-m, --mapping <file>', 'how to read it (docs/import.md)')
    .option('-o, --out <file>', 'where the events go (default: standard output)')
    .option('--rejects <file>', 'write rows that could not be read, as JSON lines with the reason')
    .option('--strict', 'exit 1 if any row was rejected')
    .addHelpText(
      'after',
      example(
        'punctual import --mapping helpdesk.mapping.yaml log.csv.gz --out events.ndjson',
        'punctual import -m helpdesk.mapping.yaml log.csv | punctual simulate --policy rewst --events -',
      ),
    )
    .action(async (log: string, options: { mapping: string; out?: string; rejects?: string; strict?: boolean }) =>
      end(await (await import('./commands/import.js')).importCommand(log, options)),
    );
  return program;
}

function example(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
