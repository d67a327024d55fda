import { MappingDocument, type Condition, type Expression } from './mapping-document.js';
import { openDocument, type MappingProblem } from './mapping-source.js';
import { timeReader, type TimeReader } from './time-format.js';

export type { MappingProblem } from './mapping-source.js';

/** A mapping ready to be run. */
export interface Mapping {
  readonly document: MappingDocument;
  readonly readTime: TimeReader;
  /** Every column the mapping reads, in order of first mention. */
  readonly columns: readonly string[];
}

/** Reads a mapping of a table from YAML text (docs/import.md). Never throws for bad input: it returns every problem found. */
export function loadMapping(
  text: string,
): { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] } {
  const source = openDocument(text);
  if ('problems' in source) return source;
  const { at } = source;
  const format = source.top('format');
  if (format === 'json' || format === 'cloudevents') {
    return {
      problems: [at(['format'], `a mapping of ${format} is of a stream's records (UPSTREAMS), not of a table`)],
    };
  }
  const parsed = source.parse(MappingDocument);
  if ('problems' in parsed) return parsed;
  const { document } = parsed;
  const readTime = timeReader(document.time);
  if ('problem' in readTime) return { problems: [at(['time', 'format'], readTime.problem)] };
  const idle = nothingIsCreated(document) ?? nothingFollows(document);
  if (idle !== null) return { problems: [at([], idle)] };
  return { mapping: { document, readTime, columns: columnsOf(document) } };
}

function nothingIsCreated({ create, events }: MappingDocument): string | null {
  const creates = events?.some((rule) => rule.emit?.some((template) => template.create)) ?? false;
  if (create.on !== 'rule' || creates) return null;
  return 'no ticket is ever created: write `create: { on: first-row }` or a rule with `emit: create`';
}

/** Why a mapping says nothing of a ticket's life; null where it does. */
export function nothingFollows({ events, assignment, status }: MappingDocument): string | null {
  if (events || assignment || status) return null;
  return "nothing but creations would come of this: add 'status', 'assignment' or 'events'";
}

/** Every column that a document names, in order of first mention. */
export function columnsOf(document: MappingDocument): readonly string[] {
  const { ticket, time, event, sequence, create } = document;
  const columns = new Set([ticket, time.column]);
  for (const column of [event, sequence, create.at]) if (column !== undefined) columns.add(column);
  collect(document, columns);
  return [...columns];
}

/** The columns of which a document takes several texts: those that name related tickets. */
export function listColumnsOf({ create, events = [] }: MappingDocument): ReadonlySet<string> {
  const written = [create, ...events.flatMap(({ emit = [] }) => emit.flatMap(({ fields }) => fields ?? []))];
  return new Set(written.flatMap(({ related = [] }) => related.flatMap(({ column }) => column ?? [])));
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
    if (key === 'when') collectCondition(value as Condition, columns);
    else if (key === 'column' && typeof value === 'string')
      columns.add((node as Expression & { column: string }).column);
    else collect(value, columns);
  }
}

function collectCondition(when: Condition, columns: Set<string>): void {
  for (const [column, test] of Object.entries(when)) {
    columns.add(column);
    if (test.differs !== undefined) columns.add(test.differs);
  }
}
