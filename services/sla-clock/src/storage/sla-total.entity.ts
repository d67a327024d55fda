import { EntitySchema } from 'typeorm';

/** Verdicts counted since the beginning, by partition, so that two of them never wait for each other’s row. */
export interface SlaTotalRow {
  readonly partition: number;
  readonly policy: string;
  readonly target: string;
  readonly priority: string;
  readonly commitment: string;
  readonly outcome: string;
  /** As text (bigint). */
  readonly said: string;
  /** As text (bigint). */
  readonly retracted: string;
}

export const SlaTotalEntity = new EntitySchema<SlaTotalRow>({
  name: 'SlaTotal',
  schema: 'sla_clock',
  tableName: 'sla_total',
  columns: {
    partition: { type: 'integer', primary: true },
    policy: { type: 'text', primary: true },
    target: { type: 'text', primary: true },
    priority: { type: 'text', primary: true },
    commitment: { type: 'text', primary: true },
    outcome: { type: 'text', primary: true },
    said: { type: 'bigint' },
    retracted: { type: 'bigint' },
  },
});
