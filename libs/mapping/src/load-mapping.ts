import { isMap, isPair, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { MappingDocument, type Condition, type Expression } from './mapping-document.js';
import { timeReader, type TimeReader } from './time-format.js';

/** A mapping ready to be run. */
export interface Mapping {
  readonly document: MappingDocument;
  readonly readTime: TimeReader;
  /** Every column the mapping reads, in order of first mention. */
  readonly columns: readonly string[];
}

/** One thing wrong with a mapping; `line` and `column` count from 1. */
export interface MappingProblem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** Reads a mapping from YAML text (docs/import.md). Never throws for bad input: it returns every problem found. */
export function loadMapping(
  text: string,
): { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] } {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines });
  if (yaml.errors.length > 0) {
    return {
      problems: yaml.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return {
          line,
          column: col,
          path: '',
          message: (error.message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, ''),
        };
      }),
    };
  }
  const at = (path: readonly PropertyKey[], message: string): MappingProblem => {
    const { line, col } = lines.linePos(offsetOf(yaml, path));
    return { line: Math.max(1, line), column: Math.max(1, col), path: path.map(String).join('.'), message };
  };
  const parsed = MappingDocument.safeParse(yaml.toJS());
  if (!parsed.success) return { problems: parsed.error.issues.flatMap((issue) => issueProblems(issue, yaml, at)) };
  const document = parsed.data;
  const readTime = timeReader(document.time);
  if ('problem' in readTime) return { problems: [at(['time', 'format'], readTime.problem)] };
  const idle = nothingHappens(document);
  if (idle) return { problems: [at([], idle)] };
  return { mapping: { document, readTime, columns: columnsOf(document) } };
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

function nothingHappens({ create, events, assignment, status }: MappingDocument): string | null {
  const creates = events?.some((rule) => rule.emit?.some((template) => template.create)) ?? false;
  if (create.on === 'rule' && !creates) {
    return 'no ticket is ever created: write `create: { on: first-row }` or a rule with `emit: create`';
  }
  if (events || assignment || status) return null;
  return "nothing but creations would come of this: add 'status', 'assignment' or 'events'";
}

function columnsOf(document: MappingDocument): readonly string[] {
  const { ticket, time, event, sequence, create } = document;
  const columns = new Set([ticket, time.column]);
  for (const column of [event, sequence, create.at]) if (column !== undefined) columns.add(column);
  collect(document, columns);
  return [...columns];
}

/** Expressions and conditions are the only places, besides the fixed ones, that name columns. */
function collect(node: unknown, columns: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, columns);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'time' || key === 'map') continue;
    if (key === 'when') for (const column of Object.keys(value as Condition)) columns.add(column);
    else if (key === 'column' && typeof value === 'string')
      columns.add((node as Expression & { column: string }).column);
    else collect(value, columns);
  }
}
