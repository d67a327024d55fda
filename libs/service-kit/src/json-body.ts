import { findJsonFault } from './json-fault.js';
import { ProblemError } from './problem.js';

/** The deepest nesting a body may have. */
export const MAX_JSON_DEPTH = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request body as UTF-8 text.
 * @throws ProblemError `malformed_text` (400) where the bytes are not UTF-8.
 */
export function readTextBody(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    const title = 'The body is not UTF-8';
    throw new ProblemError(
      { status: 400, code: 'malformed_text', title, detail: 'Send the body in UTF-8.' },
      { cause: error },
    );
  }
}

/**
 * Reads a request body as JSON.
 * @throws ProblemError `malformed_json` (400, with line and column) or `nested_too_deep` (400).
 */
export function readJsonBody(bytes: Uint8Array): unknown {
  const title = 'The body is not JSON';
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (error) {
    const detail = 'The bytes are not UTF-8. Send JSON in UTF-8.';
    throw new ProblemError({ status: 400, code: 'malformed_json', title, detail }, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = findJsonFault(text) ?? { line: 1, column: 1, found: 'something that is not JSON' };
    throw new ProblemError({
      status: 400,
      code: 'malformed_json',
      title,
      detail: `Line ${fault.line}, column ${fault.column}: ${fault.found}.`,
      extensions: { line: fault.line, column: fault.column },
    });
  }
  if (isDeeperThan(value, MAX_JSON_DEPTH)) {
    const detail = `The most is ${MAX_JSON_DEPTH} levels.`;
    throw new ProblemError({ status: 400, code: 'nested_too_deep', title: 'The body is nested too deep', detail });
  }
  return value;
}

function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    level = level.filter((item) => typeof item === 'object' && item !== null);
  }
  return false;
}
