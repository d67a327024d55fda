import { setImmediate as breathe } from 'node:timers/promises';
import { horizonOf, type Horizon, type Watermark } from '@punctual/contracts';
import type { DataSource } from 'typeorm';
import { horizonFor } from '../fold/fold-due-ticket.js';
import { loadHistoryPage, type HistorySelection, type StoredTicket } from '../storage/stored-history.js';
import type { TicketId } from '../storage/ticket-store.js';

/** Tickets with their timelines in memory at once. */
const PAGE = 500;

/** Tickets folded before the process looks at what else waits: a share of a batch's time, some 10 ms. */
const TICKETS_A_TURN = 25;

/** The selected tickets by source and id, a page at a time. Ends early where `abandoned` says that nobody waits any more. */
export async function* readHistory(
  dataSource: DataSource,
  selection: HistorySelection,
  abandoned: () => boolean,
): AsyncGenerator<StoredTicket> {
  let after: TicketId | null = null;
  while (!abandoned()) {
    const page: StoredTicket[] = await loadHistoryPage(dataSource, selection, after, PAGE);
    for (const [index, stored] of page.entries()) {
      yield stored;
      if (index % TICKETS_A_TURN === TICKETS_A_TURN - 1) await breathe();
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { source: last.row.source, ticket: last.row.ticket };
  }
}

/** How far the clock itself would fold the ticket now. */
export function presentHorizon({ row }: StoredTicket, watermark: Watermark | null): Horizon {
  const stored = { eventsUpTo: row.foldedUpTo ?? 0, duesBefore: row.duesBefore ?? 0 };
  return watermark === null ? stored : horizonFor(row, horizonOf(watermark, row.source, row.settleMs));
}
