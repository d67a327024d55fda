import type { Row } from './map-row.js';
import { listText } from './listed-text.js';
import { parseJson } from './parse-json.js';
import { textOf, type UpstreamRecord } from './upstream-record.js';

/** A record taken apart once: its value, and its key where a path asks for it. */
interface Opened {
  readonly record: UpstreamRecord;
  readonly value: unknown;
  key(): unknown;
}

/** Where a column of a JSON mapping is found in a record. */
export interface RecordColumn {
  readonly name: string;
  /** The value there: undefined where the record has none. */
  find(opened: Opened): unknown;
}

const places = '$key, $headers.<name>, $timestamp, $topic, $partition and $offset';

/**
 * Reads a column of a JSON mapping as a path: `ticket.id` into the value, `$key` or `$key.id` into the key, `$headers.name`,
 * `$timestamp` (epoch ms), `$topic`, `$partition`, `$offset`. A dot that belongs to a name is written `\.`; a number is a place in a list.
 */
export function recordColumn(name: string): RecordColumn | { readonly problem: string } {
  const steps = name.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'));
  if (steps.includes('')) return { problem: `'${name}' is no path: a name is empty` };
  const [first = '', ...rest] = steps;
  if (!first.startsWith('$')) return { name, find: ({ value }) => follow(value, steps) };
  if (first === '$key') return { name, find: ({ key }) => follow(key(), rest) };
  if (first === '$headers' && rest.length > 0) {
    const header = rest.join('.');
    return { name, find: ({ record }) => headerText(record, header) };
  }
  if (rest.length === 0) {
    if (first === '$timestamp') return { name, find: ({ record }) => record.timestamp };
    if (first === '$topic') return { name, find: ({ record }) => record.topic };
    if (first === '$partition') return { name, find: ({ record }) => record.partition };
    if (first === '$offset') return { name, find: ({ record }) => record.offset };
  }
  return { problem: `'${name}' is not known: besides paths into the value there are ${places}` };
}

/**
 * The row of a record: of each column that the record has, its text; null is the empty text. A column in `lists` may hold a list of texts. Or the
 * path that holds no text.
 */
export function recordRow(
  columns: readonly RecordColumn[],
  record: UpstreamRecord,
  value: unknown,
  lists: ReadonlySet<string>,
): { readonly row: Row } | { readonly problem: string } {
  let key: { readonly read: unknown } | undefined;
  const opened: Opened = { record, value, key: () => (key ??= { read: readKey(record) }).read };
  const row: Record<string, string> = {};
  for (const column of columns) {
    const found = column.find(opened);
    if (found === undefined) continue;
    if (lists.has(column.name) && Array.isArray(found)) {
      if (!found.every(isScalar)) {
        const what = 'a list of something other than texts';
        return {
          problem: `'${column.name}' is ${what}: name what is in it, such as ${column.name}.${insideOf(found)}`,
        };
      }
      row[column.name] = listText(found.map(String));
      continue;
    }
    if (typeof found === 'object' && found !== null) {
      const what = Array.isArray(found) ? 'a list' : 'an object';
      return { problem: `'${column.name}' is ${what}: name what is in it, such as ${column.name}.${insideOf(found)}` };
    }
    row[column.name] = found === null ? '' : String(found);
  }
  return { row };
}

function follow(value: unknown, steps: readonly string[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}

/** A key is JSON or else plain text; `$key` of a plain `0042` is that text, not the number 42. */
function readKey({ key }: UpstreamRecord): unknown {
  const text = key === null ? null : textOf(key);
  if (text === null) return undefined;
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : typeof parsed === 'string' ? parsed : text;
}

function headerText({ headers }: UpstreamRecord, name: string): string | undefined {
  const bytes = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return bytes === undefined ? undefined : (textOf(bytes) ?? undefined);
}

function isScalar(item: unknown): boolean {
  return typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';
}

function insideOf(found: object): string {
  return Object.keys(found)[0] ?? 'id';
}
