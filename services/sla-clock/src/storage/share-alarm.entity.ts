import { EntitySchema } from 'typeorm';

/** The latest alarm of a policy’s priority share. */
export interface ShareAlarmRow {
  readonly policy: string;
  readonly share: string;
  /** Of the declaration last taken, as text (bigint). */
  readonly number: string;
  /** Epoch ms as text (bigint). */
  readonly raisedAt: string;
  /** Epoch ms as text (bigint); null while it is raised. */
  readonly clearedAt: string | null;
  readonly reason: string;
}

export const ShareAlarmEntity = new EntitySchema<ShareAlarmRow>({
  name: 'ShareAlarm',
  schema: 'sla_clock',
  tableName: 'share_alarm',
  columns: {
    policy: { type: 'text', primary: true },
    share: { type: 'text', primary: true },
    number: { type: 'bigint' },
    raisedAt: { type: 'bigint', name: 'raised_at' },
    clearedAt: { type: 'bigint', nullable: true, name: 'cleared_at' },
    reason: { type: 'text' },
  },
});
