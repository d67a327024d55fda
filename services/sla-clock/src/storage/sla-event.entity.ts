import type { SlaEvent } from '@punctual/contracts';
import { EntitySchema } from 'typeorm';

/** An SLA event that was published. Cut into months by `at`. */
export interface SlaEventRow {
  readonly eventId: string;
  readonly source: string;
  /** Empty where it is about a desk. */
  readonly ticket: string;
  /** What it says; the id adds how often that was taken back before. */
  readonly contentKey: string;
  readonly partition: number;
  /** Its number in its partition, as text (bigint). */
  readonly seq: string;
  /** Epoch ms as text (bigint). */
  readonly at: string;
  readonly type: string;
  readonly value: SlaEvent;
  /** Id of the event it takes back. */
  readonly corrects: string | null;
  /** Id of the event that takes it back. */
  readonly retractedBy: string | null;
}

export const SlaEventEntity = new EntitySchema<SlaEventRow>({
  name: 'SlaEvent',
  schema: 'sla_clock',
  tableName: 'sla_event',
  columns: {
    eventId: { type: 'text', primary: true, name: 'event_id' },
    source: { type: 'text' },
    ticket: { type: 'text' },
    contentKey: { type: 'text', name: 'content_key' },
    partition: { type: 'integer' },
    seq: { type: 'bigint' },
    at: { type: 'bigint', primary: true },
    type: { type: 'text' },
    value: { type: 'json' },
    corrects: { type: 'text', nullable: true },
    retractedBy: { type: 'text', nullable: true, name: 'retracted_by' },
  },
  uniques: [{ name: 'sla_event_partition_seq_at_key', columns: ['partition', 'seq', 'at'] }],
  indices: [
    { name: 'sla_event_standing', columns: ['source', 'ticket'], where: 'retracted_by IS NULL AND corrects IS NULL' },
    // Holds a further column, which an entity cannot say: see its migration.
    { name: 'sla_event_escalation', columns: [], synchronize: false },
    {
      name: 'sla_event_escalation_answer',
      columns: ['source', 'ticket'],
      where: `type IN ('sla.escalation.acknowledged', 'sla.escalation.resolved') AND retracted_by IS NULL`,
    },
  ],
});
