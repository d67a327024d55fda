import { toCloudEvent } from '@punctual/contracts';
import { loadMapping, type Mapping } from '@punctual/mapping';
import { ImportFailure } from '../import/import-failure.js';
import { importLog, newImportSummary, type ImportSummary, type RejectedRow } from '../import/import-log.js';
import type { ExitCode } from '../program.js';
import { openBytes, readText } from '../terminal/input.js';
import { Output } from '../terminal/output.js';
import { progressOf } from '../terminal/progress.js';
import { readableFailure, UserError } from '../user-error.js';

export interface ImportOptions {
  readonly mapping: string;
  readonly out?: string;
  readonly rejects?: string;
  readonly strict?: boolean;
}

/** Rejected rows shown on standard error; all of them go to `--rejects`. */
const SHOWN_REJECTS = 10;

/** Writes a table's ticket events as NDJSON of CloudEvents, in file order, and sums up on standard error. */
export async function importCommand(log: string, options: ImportOptions): Promise<ExitCode> {
  const mapping = await readMapping(options.mapping);
  const source = await openBytes(log);
  const output = await Output.open(options.out);
  const rejects = options.rejects === undefined ? null : await Output.open(options.rejects);
  const summary = newImportSummary();
  const shown: RejectedRow[] = [];
  const progress = await progressOf('importing', source.size, 'bytes');
  try {
    for await (const item of importLog(source.bytes, mapping, summary)) {
      if ('event' in item) {
        const full = output.line(JSON.stringify(toCloudEvent(item.event)));
        if (full) await full;
      } else {
        if (shown.length < SHOWN_REJECTS) shown.push(item.rejected);
        await rejects?.line(JSON.stringify(item.rejected));
      }
      progress.update(source.read());
    }
  } catch (error) {
    if (error instanceof ImportFailure) throw new UserError(`${log}: ${error.message}`, { where: log, fix: error.fix });
    throw readableFailure(error, log, 'read');
  } finally {
    progress.stop();
  }
  await output.close();
  await rejects?.close();
  process.stderr.write(`${describeImport(log, summary, shown, options.rejects).join('\n')}\n`);
  if (summary.rows > 0 && summary.rejected === summary.rows) {
    throw new UserError('not one row could be read', {
      where: options.mapping,
      fix: 'the first reasons above say what the mapping lacks',
    });
  }
  return options.strict && summary.rejected > 0 ? 1 : 0;
}

async function readMapping(path: string): Promise<Mapping> {
  const loaded = loadMapping(await readText(path));
  if ('mapping' in loaded) return loaded.mapping;
  const [first, ...others] = loaded.problems;
  for (const { line, column, message } of loaded.problems)
    process.stderr.write(`${path}:${line}:${column}: error: ${message}\n`);
  throw new UserError(`the mapping has ${others.length + 1} error${others.length > 0 ? 's' : ''}`, {
    where: `${path}:${first?.line}:${first?.column}`,
    fix: 'docs/import.md describes the language',
  });
}

function describeImport(
  log: string,
  summary: ImportSummary,
  rejected: readonly RejectedRow[],
  rejectsFile?: string,
): string[] {
  const { rows, tickets, events, eventsByType, ignored, silent } = summary;
  const lines = [`${log}: ${rows} rows, ${tickets} tickets, ${events} events`];
  for (const [type, count] of [...eventsByType].sort(([a], [b]) => (a < b ? -1 : 1))) lines.push(`  ${type}  ${count}`);
  if (silent > 0) lines.push(`  ${told(silent)} said nothing new`);
  for (const [reason, count] of [...ignored].sort(([, a], [, b]) => b - a))
    lines.push(`  ${told(count)} ignored: ${reason}`);
  if (summary.rejected > 0) {
    lines.push(`  ${told(summary.rejected)} rejected:`);
    for (const { line, ticket, reason } of rejected)
      lines.push(`    line ${line}${ticket === null ? '' : `, ticket ${ticket}`}: ${reason}`);
    const more = summary.rejected - rejected.length;
    if (more > 0)
      lines.push(
        `    and ${more} more${rejectsFile === undefined ? ' (--rejects FILE writes them all)' : `, in ${rejectsFile}`}`,
      );
  }
  return lines;
}

function told(rows: number): string {
  return `${rows} row${rows === 1 ? '' : 's'}`;
}
