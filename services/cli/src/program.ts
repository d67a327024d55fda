import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { ClassifyOptions } from './commands/classify.js';
import type { ExplainOptions } from './commands/explain.js';
import type { ImportOptions } from './commands/import.js';
import type { PolicyCheckOptions } from './commands/policy-check.js';
import type { PolicyPublishOptions } from './commands/policy-publish.js';
import type { PolicyTestOptions } from './commands/policy-test.js';
import type { ReplayOptions } from './commands/replay.js';
import type { SimulateOptions } from './commands/simulate.js';
import type { WhatIfOptions } from './commands/what-if.js';
import { declareOperations } from './operations/declare-operations.js';
import { coloursFor } from './terminal/colour.js';
import { example } from './terminal/example.js';
import { UserError } from './user-error.js';

/** What a command's module gives: it runs and says how the command ends (0 ok, 1 the answer is negative, 2 bad input). */
export type ExitCode = 0 | 1 | 2;

const PACK_OR_FILE = 'a policy file, or a built-in pack: rewst, cloudtalk, sourcegraph, rego';
const EVENTS = 'ticket events as NDJSON (CloudEvents); - reads standard input';

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
    .action(async (log: string, options: ImportOptions) =>
      end(await (await import('./commands/import.js')).importCommand(log, options)),
    );
  const policy = program.command('policy').description('check, test and publish policies');
  policy
    .command('check')
    .description('say what is wrong with a policy, and what it assumes')
    .argument('<policy...>', PACK_OR_FILE)
    .option('--json', 'one finding a line')
    .option('-q, --quiet', 'leave out notes (what the policy marks as assumed)')
    .option(
      '--published <url>',
      "intake's address: say where holidays or time zones have changed since it was published",
    )
    .addHelpText(
      'after',
      example('punctual policy check desk.policy.yaml', 'punctual policy check rewst cloudtalk --json'),
    )
    .action(async (names: string[], options: PolicyCheckOptions) =>
      end(await (await import('./commands/policy-check.js')).policyCheck(names, options)),
    );
  policy
    .command('test')
    .description('play scenarios (*.scenarios.yaml) and compare verdicts')
    .argument('<scenarios...>', 'a scenario file, the policy file beside it, or a built-in pack')
    .option('-p, --policy <policy>', 'judge by this policy instead of the one the scenarios name')
    .option('--failures-only', 'leave out what holds')
    .option('--json', 'one scenario a line')
    .addHelpText(
      'after',
      example('punctual policy test desk.scenarios.yaml', 'punctual policy test rewst cloudtalk sourcegraph rego'),
    )
    .action(async (names: string[], options: PolicyTestOptions) =>
      end(await (await import('./commands/policy-test.js')).policyTest(names, options)),
    );

  policy
    .command('publish')
    .description('say what a version would do to the tickets there are, and publish it')
    .argument('<policy>', PACK_OR_FILE)
    .requiredOption('--to <url>', "intake's address")
    .requiredOption('--clock <url>', "the SLA clock's address")
    .addOption(
      new Option('--mode <mode>', 'what becomes of tickets that are open')
        .choices(['pin', 'from-now', 'retroactive'])
        .default('pin'),
    )
    .option('--effective-at <instant>', 'from when it holds (default: now)')
    .option('--most <number>', 'how many changes are listed (default: 20)')
    .option('--preview', 'only say what it would do')
    .option('-y, --yes', 'publish without asking')
    .option('--wait', 'stay until it has reached the tickets it concerns, and say how far it is')
    .addHelpText(
      'after',
      `${example(
        'punctual policy publish desk.policy.yaml --to http://localhost:8080 --clock http://localhost:8082 --mode from-now --preview',
        'punctual policy publish desk.policy.yaml --to http://localhost:8080 --clock http://localhost:8082 --mode retroactive --yes --wait',
      )}\n\nThe environment variable PUNCTUAL_TOKEN holds intake's access token.`,
    )
    .action(async (name: string, options: PolicyPublishOptions) =>
      end(await (await import('./commands/policy-publish.js')).policyPublish(name, options)),
    );
  program
    .command('classify')
    .description('decide the priority of tickets: JSON lines on standard input, one decision a line')
    .requiredOption('-p, --policy <policy>', PACK_OR_FILE)
    .option('--strict', 'exit 1 if any line was no ticket')
    .addHelpText(
      'after',
      example(
        `echo '{"id":"T1","subject":"Production is down for everyone"}' | punctual classify --policy rewst`,
        'punctual classify --policy desk.policy.yaml < tickets.jsonl > decisions.jsonl',
      ),
    )
    .action(async (options: ClassifyOptions) =>
      end(await (await import('./commands/classify.js')).classifyCommand(options)),
    );

  program
    .command('simulate')
    .description('judge a whole history under a policy, or compare two, offline')
    .requiredOption('-p, --policy <policy>', PACK_OR_FILE)
    .requiredOption('-e, --events <file>', EVENTS)
    .option('-c, --compare <policy>', 'what if: the other policy (B), beside the first (A)')
    .option('--until <instant>', 'how far time goes (default: the last event)')
    .addOption(new Option('--most <number>', 'how many changes --compare lists (default: 20)').conflicts('json'))
    .option('--json', 'one clock a line instead of the table; with --compare, one changed clock')
    .addHelpText(
      'after',
      example(
        'punctual simulate --policy desk.policy.yaml --events events.ndjson',
        'punctual simulate --policy rewst --events events.ndjson --until 2026-04-01 --json',
        'punctual import -m desk.mapping.yaml log.csv.gz | punctual simulate --policy desk.policy.yaml --events -',
        'punctual simulate --policy desk.policy.yaml --compare next-year.policy.yaml --events events.ndjson --most 50',
      ),
    )
    .action(async (options: SimulateOptions & Partial<WhatIfOptions>) => {
      const { compare } = options;
      if (compare === undefined && options.most !== undefined) {
        throw new UserError('--most goes with --compare', { fix: 'add --compare POLICY, or leave --most out' });
      }
      if (compare === undefined) end(await (await import('./commands/simulate.js')).simulate(options));
      else end(await (await import('./commands/what-if.js')).whatIf({ ...options, compare }));
    });

  program
    .command('explain')
    .description('show why every clock of one ticket stands where it stands')
    .requiredOption('-p, --policy <policy>', PACK_OR_FILE)
    .requiredOption('-e, --events <file>', EVENTS)
    .requiredOption('-t, --ticket <id>', 'the ticket')
    .option('--source <name>', 'its source, where several have that id')
    .option('--at <instant>', 'as it stood then (default: the last event of the file)')
    .option('--zone <zone>', "the zone of the times shown (default: each calendar's own)")
    .option('--json', 'one clock a line, with its segments')
    .addHelpText(
      'after',
      example(
        'punctual explain --policy desk.policy.yaml --events events.ndjson --ticket 4711',
        'punctual explain -p rewst -e events.ndjson -t 4711 --at 2026-03-02T12:00Z --zone Europe/Berlin',
      ),
    )
    .action(async (options: ExplainOptions) => end(await (await import('./commands/explain.js')).explain(options)));

  program
    .command('replay')
    .description('play a history through a running intake as a historical session')
    .requiredOption('-e, --events <file>', EVENTS)
    .requiredOption('--to <url>', "intake's address")
    .option('-p, --policy <policy>', 'publish this policy first and judge the sources by it')
    .option('--speed <times>', 'times the original pace (default: as fast as intake takes it)')
    .option('--until <instant>', 'let time go on to here after the last event')
    .option('--end', 'end the session afterwards, which brings its time to now')
    .addHelpText(
      'after',
      `${example(
        'punctual replay --events events.ndjson --to http://localhost:8080 --policy desk.policy.yaml',
        'punctual replay --events events.ndjson --to http://localhost:8080 --speed 3600',
      )}\n\nThe environment variable PUNCTUAL_TOKEN holds intake's access token.`,
    )
    .action(async (options: ReplayOptions) => end(await (await import('./commands/replay.js')).replay(options)));
  declareOperations(program, end);
  return program;
}
