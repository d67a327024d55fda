import { commonVariables, ConfigError, flag, readConfig, wholeNumber, type Environment } from '@punctual/service-kit';
import { z } from 'zod';

/** The environment of intake. */
export const intakeVariables = z.object({
  ...commonVariables,
  INTAKE_TOKENS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((token) => token !== ''))
    .refine((tokens) => tokens.every((token) => token.length >= 16), 'a token is shorter than 16 characters')
    .prefault('')
    .describe(
      'Set INTAKE_TOKENS (or INTAKE_TOKENS_FILE) to bearer tokens of at least 16 characters, separated by commas or lines.',
    ),
  INTAKE_ALLOW_ANONYMOUS: flag
    .prefault('false')
    .describe('Set it to true to take events from anybody who can reach this address, or to false.'),
  DEFAULT_POLICY: z
    .string()
    .min(1)
    .max(200)
    .default('rewst')
    .describe('Set it to the id of a published policy; it judges tickets whose event and source name none.'),
  UPSTREAMS: z
    .string()
    .optional()
    .describe('Set it to the path of a YAML file that lists upstream streams (docs/connect/kafka.md), or unset it.'),
  WATERMARK_INTERVAL_MS: wholeNumber(0, 60_000)
    .prefault('1000')
    .describe('Set it to the milliseconds between the watermarks of a partition; 0 appends none of its own accord.'),
  INTAKE_MAX_IN_FLIGHT_BYTES: wholeNumber(1_048_576, 10_737_418_240)
    .prefault('67108864')
    .describe('Set it to the most bytes of requests taken in at once, at least 1048576.'),
});

export type IntakeConfig = z.infer<typeof intakeVariables>;

/**
 * Intake's configuration from an environment. Without tokens it listens on loopback only, unless anonymous senders are allowed on purpose.
 * @throws ConfigError
 */
export function readIntakeConfig(env: Environment): IntakeConfig {
  const config = readConfig(intakeVariables, env);
  if (config.INTAKE_TOKENS.length === 0 && !config.INTAKE_ALLOW_ANONYMOUS && !isLoopback(config.HOST)) {
    throw new ConfigError([
      {
        variable: 'INTAKE_TOKENS',
        what: `no token is set, and HOST is not a loopback address, so anybody could send events`,
        fix: 'Set INTAKE_TOKENS (or INTAKE_TOKENS_FILE), or HOST=127.0.0.1, or INTAKE_ALLOW_ANONYMOUS=true.',
      },
    ]);
  }
  return config;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
