import { columnsOf, listColumnsOf, nothingFollows, type Mapping, type MappingProblem } from './load-mapping.js';
import { CloudEventsDocument, RecordDocument } from './mapping-document.js';
import { openDocument } from './mapping-source.js';
import { recordColumn, type RecordColumn } from './record-columns.js';
import { timeReader } from './time-format.js';

/** A mapping of a stream's records, ready to be run. */
export type RecordMapping =
  | { readonly format: 'cloudevents'; readonly source: string; readonly policy: string | null }
  | {
      readonly format: 'json';
      readonly source: string;
      readonly policy: string | null;
      readonly rows: Mapping;
      readonly columns: readonly RecordColumn[];
      /** The columns that may hold a list. */
      readonly lists: ReadonlySet<string>;
    };

/** What a stream says besides its mapping; it wins over what the mapping says. */
export interface RecordOwner {
  readonly source?: string | undefined;
  readonly policy?: string | undefined;
}

type Loaded = { readonly mapping: RecordMapping } | { readonly problems: readonly MappingProblem[] };

/** Reads a mapping of records from YAML text (docs/connect/kafka.md). Never throws for bad input: it returns every problem found. */
export function loadRecordMapping(text: string, owner: RecordOwner = {}): Loaded {
  const source = openDocument(text);
  if ('problems' in source) return source;
  const { at } = source;
  const format = source.top('format');
  if (format === undefined) {
    return {
      problems: [at([], "a mapping of records says what they are: write 'format: json' or 'format: cloudevents'")],
    };
  }
  if (format !== 'json' && format !== 'cloudevents') {
    const told = `'${String(format)}' cannot be read from a stream: it is json or cloudevents`;
    const avro = /avro|protobuf/i.test(String(format))
      ? '. Let the producer or connector write JSON (JsonConverter)'
      : '';
    return { problems: [at(['format'], told + avro)] };
  }
  return format === 'json' ? loadJson(source, owner) : loadCloudEvents(source, owner);
}

type Opened = Exclude<ReturnType<typeof openDocument>, { problems: unknown }>;

const noSource = "the events' source is nowhere: give 'source' here or with the stream";

function loadCloudEvents(opened: Opened, owner: RecordOwner): Loaded {
  const parsed = opened.parse(CloudEventsDocument);
  if ('problems' in parsed) return parsed;
  const source = owner.source ?? parsed.document.source;
  if (source === undefined) return { problems: [opened.at([], noSource)] };
  return { mapping: { format: 'cloudevents', source, policy: owner.policy ?? parsed.document.policy ?? null } };
}

function loadJson(opened: Opened, owner: RecordOwner): Loaded {
  const parsed = opened.parse(RecordDocument);
  if ('problems' in parsed) return parsed;
  const { at } = opened;
  const source = owner.source ?? parsed.document.source;
  if (source === undefined) return { problems: [at([], noSource)] };
  const policy = owner.policy ?? parsed.document.policy;
  const { format: _format, ...rest } = parsed.document;
  const document = { ...rest, source, policy, file: { delimiter: ',', quote: '"', encoding: 'utf-8' as const } };
  const idle = nothingFollows(document);
  if (idle !== null) return { problems: [at([], idle)] };
  const readTime = timeReader(document.time);
  if ('problem' in readTime) return { problems: [at(['time', 'format'], readTime.problem)] };
  if (document.time.column === '$timestamp' && document.time.format !== 'epoch-ms') {
    return { problems: [at(['time', 'format'], "$timestamp is milliseconds: write 'format: epoch-ms'")] };
  }
  const names = columnsOf(document);
  const columns: RecordColumn[] = [];
  const problems: MappingProblem[] = [];
  for (const name of names) {
    const column = recordColumn(name);
    if ('problem' in column) problems.push(opened.atText(name, column.problem));
    else columns.push(column);
  }
  if (problems.length > 0) return { problems };
  const rows: Mapping = { document, readTime, columns: names };
  const lists = listColumnsOf(document);
  return { mapping: { format: 'json', source, policy: policy ?? null, rows, columns, lists } };
}
