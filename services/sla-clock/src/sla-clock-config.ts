import { commonVariables, readConfig, wholeNumber, type Environment } from '@punctual/service-kit';
import { z } from 'zod';

/** The environment of the SLA clock. */
export const slaClockVariables = z.object({
  ...commonVariables,
  DESK_INTERVAL_MS: wholeNumber(0, 3_600_000)
    .prefault('15000')
    .describe('Set it to the milliseconds between two measurements of the desks of policies; 0 measures none.'),
  EVENT_STREAM_CLIENTS: wholeNumber(1, 10_000)
    .prefault('200')
    .describe('Set it to the most clients that may follow GET /v1/events of one instance.'),
  EVENT_STREAM_HEARTBEAT_MS: wholeNumber(100, 600_000)
    .prefault('15000')
    .describe(
      'Set it to the milliseconds between two signs of life on GET /v1/events: less than what proxies wait for.',
    ),
  SLA_EVENTS_KEPT_DAYS: wholeNumber(31, 36_500)
    .prefault('400')
    .describe('Set it to the days that published SLA events of sealed tickets are kept in the database.'),
  WHAT_IF_TICKETS: wholeNumber(1, 1_000_000)
    .prefault('50000')
    .describe('Set it to the most tickets that one POST /v1/what-if may compare.'),
});

export type SlaClockConfig = z.infer<typeof slaClockVariables>;

/** @throws ConfigError */
export function readSlaClockConfig(env: Environment): SlaClockConfig {
  return readConfig(slaClockVariables, env);
}
