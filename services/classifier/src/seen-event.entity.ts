import { EntitySchema } from 'typeorm';

/** An event that was taken in, so that it is known when it comes again. */
export interface SeenEventRow {
  readonly source: string;
  readonly ticket: string;
  readonly eventId: string;
  /** Tells a redelivery, which has the same, from another event under the same id. */
  readonly contentHash: string;
}

export const SeenEventEntity = new EntitySchema<SeenEventRow>({
  name: 'SeenEvent',
  schema: 'classifier',
  tableName: 'seen_event',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    eventId: { type: 'text', primary: true, name: 'event_id' },
    contentHash: { type: 'text', name: 'content_hash' },
  },
});
