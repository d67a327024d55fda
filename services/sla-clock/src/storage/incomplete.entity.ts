import { EntitySchema } from 'typeorm';

/** A dead letter about a ticket that nobody has dealt with. */
export interface IncompleteRow {
  readonly partition: number;
  readonly source: string;
  readonly ticket: string;
  readonly letter: string;
}

export const IncompleteEntity = new EntitySchema<IncompleteRow>({
  name: 'Incomplete',
  schema: 'sla_clock',
  tableName: 'incomplete',
  columns: {
    partition: { type: 'integer' },
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    letter: { type: 'text', primary: true },
  },
  indices: [{ name: 'incomplete_partition', columns: ['partition'] }],
});
