import { loadMapping } from '@punctual/mapping';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImportFailure } from './import-failure.js';
import { importLog, newImportSummary, type Imported } from './import-log.js';

const mappingText = `mapping: 1
source: desk
ticket: case
time: { column: at }
status: { name: { column: state }, category: { column: state, map: { Nuovo: open, Già: solved } } }
`;
const log = `case,at,state\n1,2026-03-02T09:00:00Z,Nuovo\n2,2026-03-02T09:01:00Z,Nuovo\n1,2026-03-02T09:02:00Z,Già\n`;

async function importAll(
  bytes: Uint8Array,
  text = mappingText,
  pieces = 7,
): Promise<{ items: Imported[]; summary: unknown }> {
  const loaded = loadMapping(text);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const summary = newImportSummary();
  const items: Imported[] = [];
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
  };
  for await (const item of importLog(chunks(), loaded.mapping, summary)) items.push(item);
  return { items, summary };
}

const ids = (items: readonly Imported[]): string[] =>
  items.map((item) => ('event' in item ? item.event.id : `line ${item.rejected.line}`));

describe('importing a table', () => {
  it('gives the same events from plain text, gzip, another encoding and another delimiter', async () => {
    const expected = ['1/0/created', '2/0/created', '1/1/status'];
    const latin = mappingText.replace('ticket:', 'file: { encoding: latin1, delimiter: ";" }\nticket:');
    expect(ids((await importAll(Buffer.from(log))).items)).toEqual(expected);
    expect(ids((await importAll(Buffer.from(`\ufeff${log}`), mappingText, 1)).items)).toEqual(expected);
    expect(ids((await importAll(gzipSync(log))).items)).toEqual(expected);
    expect(ids((await importAll(Buffer.from(log.replaceAll(',', ';'), 'latin1'), latin)).items)).toEqual(expected);
  });

  it('links a ticket with those that a row names, and says where a row names too many', async () => {
    const linking = `${mappingText}create: { related: { column: links, split: ' ' } }\n`;
    const many = Array.from({ length: 21 }, (_none, index) => index).join(' ');
    const table = `case,at,state,links\n1,2026-03-02T09:00:00Z,Nuovo,7 8\n2,2026-03-02T09:00:00Z,Nuovo,${many}\n`;
    const { items } = await importAll(Buffer.from(table), linking);
    expect(ids(items)).toEqual(['1/0/created', 'line 3']);
    expect(items[0]).toMatchObject({ event: { data: { related: ['7', '8'] } } });
    expect(items[1]).toMatchObject({
      rejected: { line: 3, code: 'invalid_event', reason: expect.stringContaining('/data/related') },
    });
  });

  it('counts what came of it', async () => {
    const { summary } = await importAll(Buffer.from(`${log}1,2026-03-02T09:03:00Z,Già\n`));
    expect(summary).toMatchObject({ rows: 4, tickets: 2, events: 3, rejected: 0, silent: 1 });
  });

  it('rejects single rows by the line they begin at, and goes on', async () => {
    const broken = `case,at,state,note\n1,2026-03-02T09:00:00Z,Nuovo,"two\nlines"\n1,never,Nuovo,"two\nlines"\n\n1,too,few\n1,2026-03-02T09:02:00Z,Già,\n`;
    const { items, summary } = await importAll(Buffer.from(broken));
    expect(ids(items)).toEqual(['1/0/created', 'line 4', 'line 7', '1/2/status']);
    expect(summary).toMatchObject({ rows: 4, rejected: 2, events: 2 });
  });

  it.each([
    ['missing_columns', Buffer.from('case;at;state\n1;x;y\n'), /no column 'case', 'at', 'state'/],
    ['wrong_encoding', Buffer.from(log, 'latin1'), /not utf-8/],
    ['broken_gzip', gzipSync(log).subarray(0, 40), /cut short/],
    ['empty_file', Buffer.from(''), /empty/],
  ])('fails as a whole with %s', async (code, bytes, message) => {
    const failure: unknown = await importAll(bytes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ImportFailure);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });
});
