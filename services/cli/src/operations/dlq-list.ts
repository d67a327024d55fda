import { formatInstant } from '@punctual/contracts';
import { DeadLetterDesk, type FoundLetter } from '@punctual/stream';
import type { ExitCode } from '../program.js';
import { Output } from '../terminal/output.js';
import { formatTable } from '../terminal/table.js';
import { selectionOf, type LetterOptions } from './letter-options.js';
import { withLog } from './operator-connection.js';

export interface DlqListOptions extends LetterOptions {
  readonly resolved?: boolean;
  readonly json?: boolean;
}

/** Lists dead letters without what they say: a ticket's text stays where it is. */
export async function dlqList(options: DlqListOptions): Promise<ExitCode> {
  const selection = selectionOf(options, options.resolved === true ? 'all' : 'unresolved');
  const letters = await withLog(({ log, dataSource }) => new DeadLetterDesk(log, dataSource).list(selection));
  const output = Output.stdout();
  if (options.json === true) {
    for (const letter of letters) await output.line(JSON.stringify(wireLetter(letter)));
  } else {
    for (const line of tableOf(letters)) await output.line(line);
  }
  await output.close();
  process.stderr.write(`${countOf(letters)}\n`);
  return 0;
}

/** `3 dead letters: 2 invalid_record, 1 fold_failed`. */
export function countOf(letters: readonly FoundLetter[]): string {
  const codes = new Map<string, number>();
  for (const { code } of letters) codes.set(code, (codes.get(code) ?? 0) + 1);
  const sums = [...codes].map(([code, count]) => `${count} ${code}`).join(', ');
  return `${letters.length} dead letter${letters.length === 1 ? '' : 's'}${sums === '' ? '' : `: ${sums}`}`;
}

/** A letter as JSON tells it. */
export function wireLetter(letter: FoundLetter) {
  const { id, code, detail, stage, origin, attempt, about, resolved } = letter;
  return {
    id,
    code,
    detail,
    stage,
    origin,
    attempt,
    source: about?.source ?? null,
    ticket: about?.ticket ?? null,
    diedAt: formatInstant(letter.diedAt),
    readable: letter.readable,
    resolved: resolved === null ? null : { how: resolved.how, at: formatInstant(resolved.at) },
  };
}

function tableOf(letters: readonly FoundLetter[]): string[] {
  if (letters.length === 0) return [];
  return formatTable(
    ['letter', 'died', 'code', 'stage', 'ticket', 'attempt', 'state'].map((title) => ({ title })),
    letters.map((letter) => [
      letter.id,
      formatInstant(letter.diedAt),
      letter.code,
      letter.stage,
      letter.about === null ? '-' : `${letter.about.source}/${letter.about.ticket}`,
      String(letter.attempt),
      letter.resolved?.how ?? 'unresolved',
    ]),
  );
}
