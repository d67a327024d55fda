import type { Command } from 'commander';
import type { ExitCode } from '../program.js';
import { example } from '../terminal/example.js';
import type { DlqListOptions } from './dlq-list.js';
import type { DlqResolveOptions } from './dlq-resolve.js';
import type { DlqShowOptions } from './dlq-show.js';
import type { ForgetOptions } from './forget.js';
import type { RecoverOptions } from './recover.js';

const ENVIRONMENT = `
It works on the services' database and log, which DATABASE_URL, KAFKA_BROKERS and the other
KAFKA_ variables name as they do for the services (docs/operations.md).`;

/** Declares the commands for when something went wrong in a running Punctual. */
export function declareOperations(program: Command, end: (code: ExitCode) => void): void {
  declareDlq(program.command('dlq').description('see the records that were given up, and deal with them'), end);
  declareForget(program, end);
  program
    .command('recover')
    .description('say where database and Kafka do not fit together after a restore or a gap, and make them fit')
    .option('--json', 'one partition a line')
    .option('--yes', 'do it; without this it only says what would be lost and repeated')
    .addHelpText('after', example('punctual recover', 'punctual recover --yes'))
    .addHelpText('after', ENVIRONMENT)
    .action(async (options: RecoverOptions) => end(await (await import('./recover.js')).recoverCommand(options)));
  const quarantine = program.command('quarantine').description('see the tickets that stand aside, and let them go');
  quarantine
    .command('list')
    .description('tickets that could not be classified or folded, by service')
    .option('--json', 'one ticket a line')
    .addHelpText('after', ENVIRONMENT)
    .action(async (options: { json?: boolean }) =>
      end(await (await import('./quarantine.js')).quarantineList(options)),
    );
  quarantine
    .command('release')
    .description('try a ticket again, with everything that was parked meanwhile')
    .argument('<source>', 'its source')
    .argument('<ticket>', 'the ticket')
    .addHelpText('after', ENVIRONMENT)
    .action(async (source: string, ticket: string) =>
      end(await (await import('./quarantine.js')).quarantineRelease(source, ticket)),
    );
}

function declareForget(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('forget')
    .description('erase what people wrote on a ticket and who they are; its verdicts stay')
    .requiredOption('--source <name>', 'the source of the tickets')
    .option('--ticket <id>', 'this ticket')
    .option('--requester <actor-id>', 'every ticket in which this person is the requester')
    .option('--yes', 'do it; without this it only says what it would erase')
    .addHelpText(
      'after',
      example('punctual forget --source desk --ticket 4711', 'punctual forget --source desk --requester u-93 --yes'),
    )
    .addHelpText('after', ENVIRONMENT)
    .action(async (options: ForgetOptions) => end(await (await import('./forget.js')).forget(options)));
}

function declareDlq(dlq: Command, end: (code: ExitCode) => void): void {
  chooses(dlq.command('list').description('dead letters that nobody has dealt with'))
    .option('--resolved', 'also those that were redriven or dismissed')
    .option('--json', 'one letter a line')
    .addHelpText(
      'after',
      example('punctual dlq list', 'punctual dlq list --code invalid_record --since 2026-03-02 --json'),
    )
    .addHelpText('after', ENVIRONMENT)
    .action(async (options: DlqListOptions) => end(await (await import('./dlq-list.js')).dlqList(options)));
  dlq
    .command('show')
    .description('one dead letter: why, from where, its headers')
    .argument('<letter>', 'TOPIC/PARTITION/OFFSET, as dlq list shows it')
    .option('--value', 'also what the record says, which may be a person’s words')
    .addHelpText('after', example('punctual dlq show tickets.received/3/4711'))
    .addHelpText('after', ENVIRONMENT)
    .action(async (letter: string, options: DlqShowOptions) =>
      end(await (await import('./dlq-show.js')).dlqShow(letter, options)),
    );
  chooses(dlq.command('redrive').description('send dead letters again to where they failed, each once'))
    .argument('[letter...]', 'TOPIC/PARTITION/OFFSET, as dlq list shows it')
    .option('--all', 'all that nobody has dealt with')
    .option('--again', 'also those that were redriven or dismissed before')
    .option('--yes', 'do it; without this it only says which')
    .addHelpText(
      'after',
      example('punctual dlq redrive tickets.received/3/4711 --yes', 'punctual dlq redrive --stage classifier'),
    )
    .addHelpText('after', ENVIRONMENT)
    .action(async (letters: string[], options: DlqResolveOptions) =>
      end(await (await import('./dlq-resolve.js')).dlqResolve('redrive', letters, options)),
    );
  chooses(dlq.command('dismiss').description('note that dead letters will not be sent again'))
    .argument('[letter...]', 'TOPIC/PARTITION/OFFSET, as dlq list shows it')
    .option('--all', 'all that nobody has dealt with')
    .option('--yes', 'do it; without this it only says which')
    .addHelpText('after', example('punctual dlq dismiss tickets.received/3/4711 --yes'))
    .addHelpText('after', ENVIRONMENT)
    .action(async (letters: string[], options: DlqResolveOptions) =>
      end(await (await import('./dlq-resolve.js')).dlqResolve('dismiss', letters, options)),
    );
}

function chooses(command: Command): Command {
  return command
    .option('--topic <name>', 'records of this topic: tickets.received or tickets.classified')
    .option('--code <code>', 'given up for this reason, such as invalid_record')
    .option('--stage <service>', 'given up by this service: classifier or sla-clock')
    .option('--source <name>', 'about tickets of this source')
    .option('--ticket <id>', 'about this ticket')
    .option('--since <instant>', 'died then or later')
    .option('--until <instant>', 'died before then');
}
