import { EntitySchema } from 'typeorm';

/** A surge of a policy’s desk, as a partition of the log tells it. */
export interface SurgeRow {
  readonly partition: number;
  readonly policy: string;
  readonly startedBy: string;
  /** Epoch ms as text (bigint). */
  readonly startedAt: string;
  readonly reason: string;
  readonly endedBy: string | null;
  /** Epoch ms as text (bigint). */
  readonly endedAt: string | null;
}

export const SurgeEntity = new EntitySchema<SurgeRow>({
  name: 'Surge',
  schema: 'sla_clock',
  tableName: 'surge',
  columns: {
    partition: { type: 'integer', primary: true },
    policy: { type: 'text', primary: true },
    startedBy: { type: 'text', primary: true, name: 'started_by' },
    startedAt: { type: 'bigint', name: 'started_at' },
    reason: { type: 'text' },
    endedBy: { type: 'text', nullable: true, name: 'ended_by' },
    endedAt: { type: 'bigint', nullable: true, name: 'ended_at' },
  },
});
