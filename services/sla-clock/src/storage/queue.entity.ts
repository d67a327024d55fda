import { EntitySchema } from 'typeorm';

/** An open ticket with its place in its policy’s queue. */
export interface QueueRow {
  readonly source: string;
  readonly ticket: string;
  readonly policy: string;
  /** What the place was made under. */
  readonly placeOrder: string;
  readonly place: string;
}

export const QueueEntity = new EntitySchema<QueueRow>({
  name: 'Queue',
  schema: 'sla_clock',
  tableName: 'queue',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    policy: { type: 'text' },
    placeOrder: { type: 'text', name: 'place_order' },
    place: { type: 'text', collation: 'C' },
  },
  // Holds a further column, which an entity cannot say: see its migration.
  indices: [{ name: 'queue_place', columns: [], synchronize: false }],
});
