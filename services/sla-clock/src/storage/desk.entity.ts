import { EntitySchema } from 'typeorm';
import type { MeasuredShare } from './desk-store.js';

/** A policy’s desk as it was last measured. Figures that are not known are null. */
export interface DeskRow {
  readonly policy: string;
  /** Epoch ms as text (bigint). */
  readonly measuredAt: string;
  readonly waiting: number | null;
  readonly usual: number | null;
  readonly team: number | null;
  readonly away: number | null;
  /** Epoch ms as text (bigint). */
  readonly calmAt: string | null;
  readonly shares: readonly MeasuredShare[];
}

export const DeskEntity = new EntitySchema<DeskRow>({
  name: 'Desk',
  schema: 'sla_clock',
  tableName: 'desk',
  columns: {
    policy: { type: 'text', primary: true },
    measuredAt: { type: 'bigint', name: 'measured_at' },
    waiting: { type: 'integer', nullable: true },
    usual: { type: 'double precision', nullable: true },
    team: { type: 'integer', nullable: true },
    away: { type: 'integer', nullable: true },
    calmAt: { type: 'bigint', nullable: true, name: 'calm_at' },
    shares: { type: 'json' },
  },
});
