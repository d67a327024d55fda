import type { Instant } from '@punctual/contracts';
import { UserError } from '../user-error.js';
import type { History } from './read-history.js';
import { reportProblems } from './report-problems.js';

/**
 * How far a history is judged: as far as was asked, else to its last event; null where there is nothing to judge. Reports lines of no use on
 * standard error, and says whether there were any (`flawed`). Throws UserError where no line is an event.
 */
export function untilOf(
  path: string,
  history: History,
  asked: Instant | null,
): { readonly until: Instant | null; readonly flawed: boolean } {
  const flawed = reportProblems(path, history);
  const until = asked ?? history.last;
  if (until === null && flawed) {
    throw new UserError('no line is a ticket event', {
      where: path,
      fix: 'one CloudEvent a line is expected; `punctual import` makes them from other logs',
    });
  }
  return { until, flawed };
}
