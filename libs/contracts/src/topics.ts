/** Topic names and what travels on them (docs/architecture.md). */
export const topics = {
  /** Ticket events as intake accepted them, with text, and control records. Key: the ticket. */
  received: 'tickets.received',
  /** Classified events without text, and control records, in the order of `tickets.received`. */
  classified: 'tickets.classified',
  /** What Punctual says about promises. */
  sla: 'sla.events',
  /** Dead letters of upstream streams on their way back to intake, which translates them again. */
  upstream: 'tickets.upstream',
} as const;

export type Topic = (typeof topics)[keyof typeof topics];

/** Dead letters of a topic go beside it. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dlq`;
}

/**
 * The partition of a ticket: FNV-1a (32 bit) over `source NUL ticket` in UTF-8, modulo the number of partitions.
 * It is set explicitly on every record, so that all topics and both drivers agree.
 */
export function ticketPartition(source: string, ticket: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${source}\u0000${ticket}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}

/** The partition on which is said what concerns a policy's desk and no ticket. */
export function policyPartition(policy: string, partitions: number): number {
  return ticketPartition('', policy, partitions);
}
