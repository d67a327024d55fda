/** What is stated of a topic when it is created, and checked at each start. */
export interface TopicSettings {
  /** How long records are kept, ms; -1: for good. */
  readonly retentionMs: number;
  readonly cleanup: 'delete' | 'compact';
}

const day = 86_400_000;

/**
 * Every topic's settings. Ticket text must not outlive its use, so the topics that hold it are bounded; nothing is compacted, for a
 * record is an event and none replaces another.
 */
export const topicSettings: Readonly<Record<string, TopicSettings>> = {
  'tickets.received': { retentionMs: 30 * day, cleanup: 'delete' },
  'tickets.classified': { retentionMs: 30 * day, cleanup: 'delete' },
  'sla.events': { retentionMs: -1, cleanup: 'delete' },
  'tickets.upstream': { retentionMs: 30 * day, cleanup: 'delete' },
  'tickets.received.dlq': { retentionMs: 90 * day, cleanup: 'delete' },
  'tickets.upstream.dlq': { retentionMs: 90 * day, cleanup: 'delete' },
  'tickets.classified.dlq': { retentionMs: 90 * day, cleanup: 'delete' },
};

export const otherTopics: TopicSettings = { retentionMs: -1, cleanup: 'delete' };
