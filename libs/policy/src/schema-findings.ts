import type { z } from 'zod';
import type { Finding, Path } from './diagnostic.js';

type Issue = z.core.$ZodIssue;

/** What a schema found wrong with `value`, as findings with paths into it. */
export function schemaFindings(issues: readonly Issue[], value: unknown): Finding[] {
  return issues.flatMap((issue) => fromIssue(issue, value, []));
}

function fromIssue(issue: Issue, value: unknown, prefix: Path): Finding[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    const suggestions = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      severity: 'error',
      code: 'unknown_field',
      message: `'${key}' is not a field here`,
      path: [...path, key],
      at: 'key',
      ...(suggestions[index] ? { suggestion: suggestions[index] } : {}),
    }));
  }
  if (issue.code === 'invalid_union') {
    const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0];
    if (deepest && depth(deepest) > 0) return deepest.flatMap((inner) => fromIssue(inner, value, path));
  }
  const parent = valueAt(value, path.slice(0, -1));
  if (valueAt(value, path) === undefined && typeof parent === 'object' && issue.code !== 'custom') {
    const field = path.at(-1) ?? '';
    const expected = issue.message.startsWith('Invalid input') ? `add '${field}:'` : issue.message;
    return [
      { severity: 'error', code: 'missing_field', message: `'${field}' is required`, path, suggestion: expected },
    ];
  }
  const code =
    issue.code === 'custom' && typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'invalid_value';
  const [message = '', suggestion] = issue.message.split('; ', 2);
  const at = namesAKey.has(code) ? 'key' : 'value';
  return [{ severity: 'error', code, message, path, at, ...(suggestion ? { suggestion } : {}) }];
}

/** Findings about the name of an entry rather than its value. */
const namesAKey = new Set(['unknown_fact', 'unknown_day']);

/** How far into the value a branch of a union got: the one that got furthest is the one that was meant. */
function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[part] : undefined,
    value,
  );
}
