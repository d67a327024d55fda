import { DeadLetterDesk } from '@punctual/stream';
import type { ExitCode } from '../program.js';
import { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { wireLetter } from './dlq-list.js';
import { letterIdOf } from './letter-options.js';
import { withLog } from './operator-connection.js';

export interface DlqShowOptions {
  readonly value?: boolean;
}

/** Shows one dead letter. What the record says may be a person's words, so it is shown only when asked for. */
export async function dlqShow(text: string, options: DlqShowOptions): Promise<ExitCode> {
  const id = letterIdOf(text);
  const { letter, record } = await withLog(async ({ log, dataSource }) => {
    const desk = new DeadLetterDesk(log, dataSource);
    const [found] = await desk.list({ ids: new Set([id]), which: 'all' });
    return { letter: found, record: found === undefined ? null : await desk.read(found) };
  });
  if (letter === undefined || record === null) {
    throw new UserError(`there is no dead letter ${id}`, {
      where: id,
      fix: 'see dlq list --resolved; the log keeps dead letters for 90 days',
    });
  }
  const headers = Object.fromEntries(
    Object.entries(record.headers).filter(([name]) => !name.startsWith('dead-letter-')),
  );
  const output = Output.stdout();
  const shown = { ...wireLetter(letter), key: record.key, headers };
  const value = options.value === true ? { value: record.malformed ?? record.value } : {};
  await output.line(JSON.stringify({ ...shown, ...value }, null, 2));
  await output.close();
  if (options.value !== true) process.stderr.write('what the record says is left out; --value shows it\n');
  return 0;
}
