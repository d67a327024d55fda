/** What a line needs of an SLA event as the stream writes it: instants are ISO-8601. */
export interface WireSlaEvent {
  readonly type: string;
  readonly source: string;
  readonly ticket: string;
  readonly priority: string | null;
  readonly target: string | null;
  readonly dueAt: string | null;
  readonly threshold: string | null;
  readonly mode: 'live' | 'historical';
}

/** The types of event that are worth a line as they happen. */
export const liveTypes = ['sla.clock.warning', 'sla.clock.breached', 'sla.clock.missed'] as const;

/** A live breach, miss or warning as one line without text of the ticket; null for all other events. */
export function liveLine(event: WireSlaEvent): string | null {
  if (event.mode !== 'live' || !liveTypes.some((type) => type === event.type)) return null;
  const kind = event.type.slice('sla.clock.'.length);
  const cells = [
    (kind === 'warning' ? `warning ${event.threshold ?? ''}` : kind).padEnd(12),
    `${event.source}/${event.ticket}`.padEnd(30),
    (event.priority ?? '').padEnd(10),
    (event.target ?? '').padEnd(14),
    event.dueAt === null ? '' : `due ${event.dueAt.slice(0, 19)}Z`,
  ];
  return cells.join('  ').trimEnd();
}
