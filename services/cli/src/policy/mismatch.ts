/** One expectation of a scenario that does not hold. `where` names it as the file does. */
export interface Mismatch {
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
}

/** What is wrong with a text that has to hold some words; nothing where none were expected. */
export function compareWords(where: string, expected: string | undefined, actual: string): Mismatch[] {
  if (expected === undefined || actual.includes(expected)) return [];
  return [{ where, expected: `words such as '${expected}'`, actual }];
}

/** What is wrong with a value; nothing where nothing was expected. */
export function compare(
  where: string,
  expected: string | number | boolean | undefined,
  actual: string | number | boolean | null,
): Mismatch[] {
  if (expected === undefined || expected === actual) return [];
  return [{ where, expected: String(expected), actual: actual === null ? 'none' : String(actual) }];
}
