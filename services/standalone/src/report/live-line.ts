import { formatInstant, type SlaEvent } from '@punctual/contracts';

/** A live breach, miss or warning as one line without text of the ticket; null for all other events. */
export function liveLine(event: Partial<SlaEvent>): string | null {
  const kind = /^sla\.clock\.(breached|missed|warning)$/.exec(event.type ?? '')?.[1];
  if (kind === undefined || event.mode !== 'live') return null;
  const what = kind === 'warning' ? `warning ${event.threshold ?? ''}`.trim() : kind;
  const due = typeof event.dueAt === 'number' ? `due ${formatInstant(event.dueAt).slice(0, 19)}Z` : '';
  const ticket = `${event.source ?? ''}/${event.ticket ?? ''}`;
  return [what.padEnd(12), ticket.padEnd(26), (event.priority ?? '').padEnd(11), (event.target ?? '').padEnd(15), due]
    .join('  ')
    .trimEnd();
}
