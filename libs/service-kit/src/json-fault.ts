/** Where a text stops being JSON. Lines and columns count from 1, columns in UTF-16 code units. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly found: string;
}

const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true(?!\w)|false(?!\w)|null(?!\w)))/y;

/** What may come next: a value, a key, the colon after it, or a separator or end. */
type Expected = 'value' | 'value-or-]' | 'key' | 'key-or-}' | ':' | 'after';

/**
 * Finds the first place where `text` is not JSON; null where it is. Engines word their parse errors differently and quote the body,
 * which must not end up in a log; this says only where.
 */
export function findJsonFault(text: string): JsonFault | null {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let position = 0;
  for (;;) {
    token.lastIndex = position;
    const match = token.exec(text);
    if (match === null) {
      const rest = position + (/^[ \t\n\r]*/.exec(text.slice(position, position + 10_000))?.[0].length ?? 0);
      if (rest >= text.length && expected === 'after' && open.length === 0) return null;
      return faultAt(text, rest);
    }
    const next = step(expected, match, open);
    if (next === null) return faultAt(text, token.lastIndex - (match[1] ?? match[2] ?? match[3] ?? '').length);
    expected = next;
    position = token.lastIndex;
  }
}

function step(expected: Expected, match: RegExpExecArray, open: ('{' | '[')[]): Expected | null {
  const [, sign, string] = match;
  if (sign === undefined) {
    if (expected === 'value' || expected === 'value-or-]') return 'after';
    return string !== undefined && (expected === 'key' || expected === 'key-or-}') ? ':' : null;
  }
  if (sign === ':') return expected === ':' ? 'value' : null;
  if (sign === '{' || sign === '[') {
    if (expected !== 'value' && expected !== 'value-or-]') return null;
    open.push(sign);
    return sign === '{' ? 'key-or-}' : 'value-or-]';
  }
  const inside = open.at(-1);
  if (sign === ',') {
    if (expected !== 'after' || inside === undefined) return null;
    return inside === '{' ? 'key' : 'value';
  }
  const empty = sign === '}' ? 'key-or-}' : 'value-or-]';
  if (inside !== (sign === '}' ? '{' : '[') || (expected !== 'after' && expected !== empty)) return null;
  open.pop();
  return 'after';
}

function faultAt(text: string, position: number): JsonFault {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1) + 1;
  return { line, column, found: position >= text.length ? 'the end of the text' : 'something that is not JSON' };
}
