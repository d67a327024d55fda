/**
 * JSON documents as one text parameter, a line each, for `string_to_table($n, E'\n')` beside `unnest` in `ROWS FROM`. As elements of an
 * array every quote in them would be escaped here and unescaped there, which cost a tenth of a busy service's time. Null is an empty line.
 */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => (value === null ? '' : JSON.stringify(value))).join('\n');
}
