/**
 * A place in the SLA events of all partitions: the number of the next event of each, in order. Numbers are given in the transaction that
 * publishes, one transaction of a partition after another, so a place passed is passed for good.
 */
export type EventCursor = readonly number[];

/** Base 36 numbers with dots between: `3f.0.1a2`. */
export function formatCursor(cursor: EventCursor): string {
  return cursor.map((seq) => seq.toString(36)).join('.');
}

/** Null where the text is no cursor over that many partitions. */
export function parseCursor(text: string, partitions: number): EventCursor | null {
  const parts = text.split('.');
  if (parts.length !== partitions || !parts.every((part) => /^[0-9a-z]{1,11}$/.test(part))) return null;
  const cursor = parts.map((part) => Number.parseInt(part, 36));
  return cursor.every((seq) => Number.isSafeInteger(seq)) ? cursor : null;
}
