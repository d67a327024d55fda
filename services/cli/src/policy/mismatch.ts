/** One expectation of a scenario that does not hold. `where` names it as the file does. */
export interface Mismatch {
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
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
