import type { TicketEvent } from '@punctual/contracts';
import {
  mapRow,
  noMemory,
  ticketOf,
  type Mapping,
  type RejectCode,
  type Row,
  type TicketMemory,
} from '@punctual/mapping';
import { csvRows } from './csv-rows.js';
import { decodeText } from './decode-text.js';

export interface RejectedRow {
  readonly line: number;
  readonly ticket: string | null;
  readonly code: RejectCode | 'malformed_row';
  readonly reason: string;
  readonly row: Row | null;
}

/** What came of an import so far; counts rise while it runs. */
export interface ImportSummary {
  rows: number;
  tickets: number;
  events: number;
  readonly eventsByType: Map<string, number>;
  /** Rows left out on purpose, by the mapping's own words. */
  readonly ignored: Map<string, number>;
  rejected: number;
  /** Rows taken that said nothing new, such as the same status again. */
  silent: number;
}

export function newImportSummary(): ImportSummary {
  return { rows: 0, tickets: 0, events: 0, eventsByType: new Map(), ignored: new Map(), rejected: 0, silent: 0 };
}

export type Imported = { readonly event: TicketEvent } | { readonly rejected: RejectedRow };

/**
 * Reads a table (plain or gzip) as ticket events, in file order. Memory grows with the number of tickets (some 200 bytes each), not of
 * rows. Throws ImportFailure where the file as a whole is no such table.
 */
export async function* importLog(
  bytes: AsyncIterable<Uint8Array>,
  mapping: Mapping,
  summary: ImportSummary,
): AsyncGenerator<Imported> {
  const tickets = new Map<string, TicketMemory>();
  for await (const item of csvRows(decodeText(bytes, mapping.document.file.encoding), mapping)) {
    summary.rows++;
    if ('malformed' in item) {
      summary.rejected++;
      yield { rejected: { line: item.line, ticket: null, code: 'malformed_row', reason: item.malformed, row: null } };
      continue;
    }
    const ticket = ticketOf(mapping, item.row);
    const outcome = mapRow(mapping, item.row, (ticket === null ? undefined : tickets.get(ticket)) ?? noMemory);
    if (outcome.ticket !== null && outcome.memory) tickets.set(outcome.ticket, outcome.memory);
    summary.tickets = tickets.size;
    if (outcome.kind === 'rejected') {
      summary.rejected++;
      const { code, reason } = outcome;
      yield { rejected: { line: item.line, ticket: outcome.ticket, code, reason, row: item.row } };
    } else if (outcome.kind === 'ignored') {
      summary.ignored.set(outcome.reason, (summary.ignored.get(outcome.reason) ?? 0) + 1);
    } else {
      if (outcome.events.length === 0) summary.silent++;
      for (const event of outcome.events) {
        summary.events++;
        summary.eventsByType.set(event.type, (summary.eventsByType.get(event.type) ?? 0) + 1);
        yield { event };
      }
    }
  }
}
