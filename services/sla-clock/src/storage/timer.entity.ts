import { EntitySchema } from 'typeorm';

/** When time next changes something on a ticket; only where it does. */
export interface StoredTimerRow {
  readonly partition: number;
  readonly source: string;
  /** Epoch ms as text (bigint). */
  readonly wakeAt: string;
  readonly ticket: string;
  readonly settleMs: number;
}

export const TimerEntity = new EntitySchema<StoredTimerRow>({
  name: 'Timer',
  schema: 'sla_clock',
  tableName: 'timer',
  columns: {
    partition: { type: 'integer', primary: true },
    source: { type: 'text', primary: true },
    wakeAt: { type: 'bigint', primary: true, name: 'wake_at' },
    ticket: { type: 'text', primary: true },
    settleMs: { type: 'integer', name: 'settle_ms' },
  },
});
