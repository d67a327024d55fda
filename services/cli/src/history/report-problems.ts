import { coloursFor } from '../terminal/colour.js';
import type { History } from './read-history.js';

const SHOWN = 10;

/** Says on standard error which lines were of no use; whether there were any. */
export function reportProblems(path: string, history: History): boolean {
  const { problems, repeated } = history;
  const { red } = coloursFor(process.stderr);
  const lines = problems
    .slice(0, SHOWN)
    .map(({ line, code, detail }) => `${path}:${line}: ${red('error')} ${code}: ${detail}`);
  if (problems.length > SHOWN) lines.push(`and ${problems.length - SHOWN} more problems`);
  if (repeated > 0) lines.push(`${path}: ${repeated} repeated event${repeated === 1 ? '' : 's'} ignored`);
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
  return problems.length > 0;
}
