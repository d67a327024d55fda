import { EntitySchema } from 'typeorm';

/** The last number that a partition gave to an SLA event of a month: where to go on reading them in order. */
export interface PublishedMonthRow {
  readonly partition: number;
  /** The end of the month. Epoch ms as text (bigint). */
  readonly until: string;
  /** As text (bigint). */
  readonly lastSeq: string;
}

export const PublishedMonthEntity = new EntitySchema<PublishedMonthRow>({
  name: 'PublishedMonth',
  schema: 'sla_clock',
  tableName: 'published_month',
  columns: {
    partition: { type: 'integer', primary: true },
    until: { type: 'bigint', primary: true },
    lastSeq: { type: 'bigint', name: 'last_seq' },
  },
});
