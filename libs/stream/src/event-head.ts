/** What a record's headers say of the event that it holds; both ticket events and SLA events have it. */
export interface EventHead {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly ticket: string | null;
  /** When it happened, epoch ms. */
  readonly at: number | null;
}

/** The head of the event that a record's value is, or has as `event`; null where it holds none. */
export function eventHeadOf(value: unknown): EventHead | null {
  if (!isObject(value)) return null;
  const { event } = value;
  const { id, type, source, ticket, occurredAt, at } = isObject(event) ? event : value;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof source !== 'string') return null;
  const instant = occurredAt ?? at;
  return {
    id,
    type,
    source,
    ticket: typeof ticket === 'string' ? ticket : null,
    at: typeof instant === 'number' ? instant : null,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
