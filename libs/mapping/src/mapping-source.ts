import { isMap, isPair, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

/** One thing wrong with a mapping; `line` and `column` count from 1. */
export interface MappingProblem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** A mapping's text as YAML, which still knows where everything stands. */
export interface MappingSource {
  /** The value of a key at the top; undefined where there is none. */
  top(key: string): unknown;
  /** The document by its schema, or everything that is wrong with it. */
  parse<T>(schema: z.ZodType<T>): { readonly document: T } | { readonly problems: readonly MappingProblem[] };
  /** A problem at a path. */
  at(path: readonly PropertyKey[], message: string): MappingProblem;
  /** A problem where a text stands first. */
  atText(text: string, message: string): MappingProblem;
}

/** Opens a mapping's text, or says where it is no YAML. */
export function openDocument(text: string): MappingSource | { readonly problems: readonly MappingProblem[] } {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines });
  const atOffset = (offset: number, path: string, message: string): MappingProblem => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), path, message };
  };
  if (yaml.errors.length > 0) {
    return {
      problems: yaml.errors.map((error) =>
        atOffset(error.pos[0], '', (error.message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, '')),
      ),
    };
  }
  const at = (path: readonly PropertyKey[], message: string): MappingProblem =>
    atOffset(offsetOf(yaml, path), path.map(String).join('.'), message);
  return {
    at,
    atText: (wanted, message) => atOffset(Math.max(0, text.indexOf(wanted)), '', message),
    top: (key) => (isMap(yaml.contents) ? yaml.get(key) : undefined),
    parse(schema) {
      const parsed = schema.safeParse(yaml.toJS());
      if (parsed.success) return { document: parsed.data };
      return { problems: parsed.error.issues.flatMap((issue) => issueProblems(issue, yaml, at)) };
    },
  };
}

function issueProblems(
  issue: z.core.$ZodIssue,
  yaml: Document,
  at: (path: readonly PropertyKey[], message: string) => MappingProblem,
): MappingProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at([...issue.path, key], `'${key}' is not known here`));
  }
  const written = yaml.getIn(asWritten(yaml, issue.path)) !== undefined;
  const name = issue.path.at(-1);
  return [
    at(issue.path, written || name === undefined ? issue.message : `'${String(name)}' is missing: ${issue.message}`),
  ];
}

/** A single item may stand for a list of one; then the text has no such list. */
function asWritten(yaml: Document, path: readonly PropertyKey[]): PropertyKey[] {
  const written: PropertyKey[] = [];
  for (const part of path) {
    const around = written.length === 0 ? yaml.contents : yaml.getIn(written, true);
    if (typeof part !== 'number' || isSeq(around)) written.push(part);
  }
  return written;
}

/** Where a path stands in the text: the key, else the nearest thing around it that is written. */
function offsetOf(yaml: Document, parsedPath: readonly PropertyKey[]): number {
  const path = asWritten(yaml, parsedPath);
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? yaml.contents : yaml.getIn(path.slice(0, length - 1), true);
    const key = String(path[length - 1]);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && String(item.key) === key);
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return range[0];
    }
    const node = yaml.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return node.range[0];
  }
  return 0;
}
