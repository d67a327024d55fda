import { evaluateCalendarQuery } from '@punctual/working-time';
import type { ExitCode } from '../program.js';
import { MAX_LINE, openBytes, readLines } from '../terminal/input.js';
import { Output } from '../terminal/output.js';

/**
 * Answers calendar questions. One answer for each line that is not blank, in order: `{"result": …}` or `{"error": {code, message}}`.
 * A line that is not JSON has its error line too. Answers to what has arrived are written before more is read, so that a program may
 * hold a conversation; memory does not grow with the input.
 */
export async function calendarEval(): Promise<ExitCode> {
  const { bytes } = await openBytes('-');
  const output = Output.stdout();
  for await (const lines of readLines(bytes)) {
    for (const { text } of lines) {
      if (text?.trim() === '') continue;
      await output.line(JSON.stringify(answerTo(text)));
    }
    await output.flush();
  }
  return 0;
}

function answerTo(text: string | null): unknown {
  if (text === null) return { error: { code: 'line_too_long', message: `a line has at most ${MAX_LINE} characters` } };
  let query: unknown;
  try {
    query = JSON.parse(text);
  } catch (error) {
    return { error: { code: 'invalid_json', message: `the line is not JSON: ${(error as Error).message}` } };
  }
  return evaluateCalendarQuery(query);
}
