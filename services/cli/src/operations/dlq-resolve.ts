import { DeadLetterDesk, type FoundLetter, type LetterSelection } from '@punctual/stream';
import type { ExitCode } from '../program.js';
import { UserError } from '../user-error.js';
import { countOf } from './dlq-list.js';
import { letterIdOf, selectionOf, type LetterOptions } from './letter-options.js';
import { withLog } from './operator-connection.js';

export interface DlqResolveOptions extends LetterOptions {
  readonly all?: boolean;
  readonly again?: boolean;
  readonly yes?: boolean;
}

type Doing = 'redrive' | 'dismiss';

/**
 * Redrives or dismisses dead letters: those named, those the filters choose, or all. Without `--yes` it only says which. Exits with 1 where a
 * letter that was named is not there or cannot be dealt with.
 */
export async function dlqResolve(
  doing: Doing,
  names: readonly string[],
  options: DlqResolveOptions,
): Promise<ExitCode> {
  const which = options.again === true ? 'all' : 'unresolved';
  const selection = chosen(doing, names, options, which);
  return withLog(async ({ log, dataSource }) => {
    const desk = new DeadLetterDesk(log, dataSource);
    const letters = await desk.list(selection);
    const able = doing === 'redrive' ? letters.filter(({ readable }) => readable) : letters;
    say(countOf(letters));
    for (const { id } of letters.filter((letter) => !able.includes(letter))) {
      say(`${id} is not JSON and cannot be redriven: send the event anew, then dismiss this`);
    }
    const missing = names.filter((name) => !letters.some(({ id }) => id === name));
    for (const name of missing) say(`${name} is no ${which === 'all' ? '' : 'unresolved '}dead letter`);
    if (options.yes !== true) {
      for (const { id } of able) process.stdout.write(`${id}\n`);
      say(`nothing was done; add --yes to ${doing} ${able.length === 1 ? 'it' : 'these'}`);
      return missing.length > 0 ? 1 : 0;
    }
    const done = doing === 'redrive' ? await desk.redrive(able, which) : await desk.dismiss(able);
    report(doing, done, able);
    return missing.length > 0 || able.length < letters.length ? 1 : 0;
  });
}

function chosen(
  doing: Doing,
  names: readonly string[],
  { all, ...options }: DlqResolveOptions,
  which: LetterSelection['which'],
): LetterSelection {
  const filters = selectionOf(options, which);
  const filtered = Object.keys(filters).length > 1;
  if (names.length > 0) return { ...filters, ids: new Set(names.map(letterIdOf)) };
  if (filtered || all === true) return filters;
  throw new UserError(`which dead letters are you to ${doing}?`, {
    fix: 'name them, choose them by --topic, --code, --stage, --source, --ticket, --since or --until, or say --all',
  });
}

function report(doing: Doing, done: readonly FoundLetter[], able: readonly FoundLetter[]): void {
  const did = doing === 'redrive' ? 'redriven' : 'dismissed';
  for (const { id } of done) process.stdout.write(`${id}\n`);
  const left = able.length - done.length;
  say(`${done.length} ${did}${left > 0 ? `, ${left} left to somebody who was faster` : ''}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
