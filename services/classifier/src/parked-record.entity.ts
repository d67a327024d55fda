import type { ReceivedRecord } from '@punctual/contracts';
import { EntitySchema } from 'typeorm';

/** A record of a quarantined ticket, kept until it is tried again. The only table here that holds what people wrote. */
export interface ParkedRecordRow {
  readonly source: string;
  readonly ticket: string;
  /** Its place in the ticket's partition of `tickets.received`, as text (bigint). */
  readonly logOffset: string;
  readonly record: ReceivedRecord;
  /** The trace it came with. */
  readonly traceparent: string | null;
}

export const ParkedRecordEntity = new EntitySchema<ParkedRecordRow>({
  name: 'ParkedRecord',
  schema: 'classifier',
  tableName: 'parked',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    logOffset: { type: 'bigint', primary: true, name: 'log_offset' },
    record: { type: 'json' },
    traceparent: { type: 'text', nullable: true },
  },
});
