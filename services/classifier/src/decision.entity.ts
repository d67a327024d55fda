import type { DecisionRecord } from '@punctual/classification';
import { EntitySchema } from 'typeorm';

/** What one event of a ticket led to, with its facts; evidence is (field, start, end), never text. */
export interface DecisionRow {
  readonly source: string;
  readonly ticket: string;
  readonly eventId: string;
  /** Epoch ms as text (bigint). */
  readonly at: string;
  readonly outcome: DecisionRecord['outcome'];
  readonly decision: DecisionRecord['decision'];
}

export const DecisionEntity = new EntitySchema<DecisionRow>({
  name: 'Decision',
  schema: 'classifier',
  tableName: 'decision',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    eventId: { type: 'text', primary: true, name: 'event_id' },
    at: { type: 'bigint' },
    outcome: { type: 'text' },
    decision: { type: 'json' },
  },
});
