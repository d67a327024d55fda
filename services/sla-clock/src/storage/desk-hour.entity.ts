import { EntitySchema } from 'typeorm';

/** How many tickets of a policy waited in an hour: the sum of so many measurements. */
export interface DeskHourRow {
  readonly policy: string;
  /** Hours since the epoch, as text (bigint). */
  readonly hour: string;
  /** As text (bigint). */
  readonly waiting: string;
  readonly times: number;
}

export const DeskHourEntity = new EntitySchema<DeskHourRow>({
  name: 'DeskHour',
  schema: 'sla_clock',
  tableName: 'desk_hour',
  columns: {
    policy: { type: 'text', primary: true },
    hour: { type: 'bigint', primary: true },
    waiting: { type: 'bigint' },
    times: { type: 'integer' },
  },
});
