import type { Mapping, Row } from '@punctual/mapping';
import { Readable } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import { ImportFailure } from './import-failure.js';

/** The longest row, in characters: a stray quote must not swallow a whole log into memory. */
const MAX_ROW = 1_000_000;

export type CsvRow =
  | { readonly line: number; readonly row: Row }
  /** The text is no row of this table. */
  | { readonly line: number; readonly malformed: string };

/**
 * Rows of a table, in file order, with the line each begins at (from 1). Streams: holds a few rows at a time.
 * Throws ImportFailure where the header lacks a column the mapping reads.
 */
export async function* csvRows(text: AsyncIterable<string>, mapping: Mapping): AsyncGenerator<CsvRow> {
  const { delimiter, quote, header } = mapping.document.file;
  const malformed: CsvRow[] = [];
  let headerSeen = header !== undefined;
  const parser = parse({
    delimiter: delimiter === '\\t' ? '\t' : delimiter,
    quote,
    bom: true,
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW,
    columns: header
      ? [...header]
      : (names: string[]) => {
          headerSeen = true;
          const trimmed = names.map((name) => name.trim());
          requireColumns(trimmed, mapping);
          return trimmed;
        },
    on_skip: (error: CsvError | undefined) => {
      if (error) malformed.push({ line: Number(error['lines'] ?? 0), malformed: plainReason(error) });
      return undefined;
    },
  });
  if (header) requireColumns(header, mapping);
  const source = Readable.from(text, { objectMode: true });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const item of parser as AsyncIterable<{ info: { lines: number }; record: Row }>) {
      const line = item.info.lines - newlinesIn(item.record);
      // The parser reads ahead of us, so what it could not read may lie further on.
      for (let [next] = malformed; next && next.line <= line; [next] = malformed) {
        malformed.shift();
        yield next;
      }
      yield { line, row: item.record };
    }
    yield* malformed;
  } finally {
    source.destroy();
  }
  if (!headerSeen) throw new ImportFailure('empty_file', 'the file is empty', 'give a log with a header row');
}

function requireColumns(names: readonly string[], mapping: Mapping): void {
  const missing = mapping.columns.filter((column) => !names.includes(column));
  if (missing.length === 0) return;
  throw new ImportFailure(
    'missing_columns',
    `the table has no column ${missing.map((name) => `'${name}'`).join(', ')}`,
    `it has: ${names.join(', ')}. Correct the mapping${names.length === 1 ? ', or its file.delimiter' : ''}`,
  );
}

/** csv-parse counts lines at a row's end; a quoted line break began it earlier. */
function newlinesIn(row: Row): number {
  let count = 0;
  for (const value of Object.values(row)) {
    for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) count++;
  }
  return count;
}

function plainReason(error: CsvError): string {
  if (error.code === 'CSV_RECORD_INCONSISTENT_COLUMNS') return 'the row has more or fewer values than the header';
  return (error.message.split('\n')[0] ?? '').replace(/ (at|on) line \d+.*$/, '');
}
