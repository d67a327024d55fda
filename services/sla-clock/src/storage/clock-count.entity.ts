import { EntitySchema } from 'typeorm';

/** How many clocks run or pause, by partition and by what attainment asks of them. Triggers of the table of clocks keep it. */
export interface ClockCountRow {
  readonly partition: number;
  readonly policy: string;
  readonly target: string;
  readonly commitment: string;
  /** Empty where the clocks have none. */
  readonly priority: string;
  readonly outcome: 'running' | 'paused';
  /** As text (bigint); 0 where there were some and are none now. */
  readonly clocks: string;
}

export const ClockCountEntity = new EntitySchema<ClockCountRow>({
  name: 'ClockCount',
  schema: 'sla_clock',
  tableName: 'clock_count',
  columns: {
    partition: { type: 'integer', primary: true },
    policy: { type: 'text', primary: true },
    target: { type: 'text', primary: true },
    commitment: { type: 'text', primary: true },
    priority: { type: 'text', primary: true },
    outcome: { type: 'text', primary: true },
    clocks: { type: 'bigint' },
  },
});
