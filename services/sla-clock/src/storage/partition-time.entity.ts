import type { Watermark } from '@punctual/contracts';
import { EntitySchema } from 'typeorm';

/** How far time has come in a partition. */
export interface PartitionTimeRow {
  readonly partition: number;
  readonly watermark: Watermark | null;
  /** As text (bigint). */
  readonly watermarkOffset: string;
  /** The lowest offset of an event that waits, as text (bigint). */
  readonly pendingFrom: string | null;
  /** The number of the next SLA event, as text (bigint). */
  readonly nextSeq: string;
}

export const PartitionTimeEntity = new EntitySchema<PartitionTimeRow>({
  name: 'PartitionTime',
  schema: 'sla_clock',
  tableName: 'partition_time',
  columns: {
    partition: { type: 'integer', primary: true },
    watermark: { type: 'json', nullable: true },
    watermarkOffset: { type: 'bigint', name: 'watermark_offset' },
    pendingFrom: { type: 'bigint', nullable: true, name: 'pending_from' },
    nextSeq: { type: 'bigint', name: 'next_seq' },
  },
});
