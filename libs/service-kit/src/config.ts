import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** One environment variable that a service cannot start with. */
export interface ConfigProblem {
  readonly variable: string;
  readonly what: string;
  readonly fix: string;
}

/** A service's environment is unusable; the message lists every problem, never a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      [
        `The environment has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`,
        ...problems.map((problem) => `  ${problem.variable}: ${problem.what}. ${problem.fix}`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A whole number in an environment variable. */
export function wholeNumber(least: number, most: number) {
  const range = `expected a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, range)
    .transform(Number)
    .refine((value) => value >= least && value <= most, range);
}

/** `true` or `false` in an environment variable. */
export const flag = z.enum(['true', 'false'], { error: 'expected true or false' }).transform((text) => text === 'true');

/** The variables every service reads. Spread into the service's own `z.object`. */
export const commonVariables = {
  HOST: z.string().default('127.0.0.1').describe('Set it to the address to listen on, such as 127.0.0.1 or 0.0.0.0.'),
  PORT: wholeNumber(0, 65_535).prefault('0').describe('Set it to the TCP port to listen on; 0 takes any free one.'),
  DATABASE_URL: z
    .string({ error: 'is not set' })
    .regex(/^postgres(ql)?:\/\//, 'expected a URL that begins with postgresql://')
    .describe('Set DATABASE_URL (or DATABASE_URL_FILE) to postgresql://user:password@host:5432/database.'),
  DATABASE_POOL: wholeNumber(2, 200)
    .prefault('10')
    .describe('Set it to the most database connections of one instance.'),
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine(
      (brokers) => brokers.every((broker) => /^[^\s:/]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/.test(broker)),
      'expected host:port',
    )
    .optional()
    .describe('Set it to host:port,host:port to use Kafka; leave it unset for the embedded event log.'),
  KAFKA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,60}$/, 'expected letters, digits and . _ - only')
    .default('')
    .describe('Set it to what stands before every topic and group, where several Punctuals share a cluster.'),
  KAFKA_REPLICATION: wholeNumber(1, 32)
    .optional()
    .describe('Set it to the copies of each topic partition, 3 in production; unset leaves it to the brokers.'),
  KAFKA_SESSION_MS: wholeNumber(1_000, 300_000)
    .prefault('10000')
    .describe('Set it to the milliseconds after which a silent instance loses its partitions, 1000 to 300000.'),
  KAFKA_SSL: flag.prefault('false').describe('Set it to true to speak TLS with the brokers.'),
  KAFKA_SSL_CA: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, 'expected a certificate in PEM')
    .optional()
    .describe('Set KAFKA_SSL_CA_FILE to the PEM file of the authority that signed the brokers’ certificates.'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], { error: 'expected plain, scram-sha-256 or scram-sha-512' })
    .optional()
    .describe('Set it to plain, scram-sha-256 or scram-sha-512, with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('Set it to the user that the brokers know.'),
  KAFKA_SASL_PASSWORD: z
    .string()
    .optional()
    .describe('Set KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE) to the password of that user.'),
  PARTITIONS: wholeNumber(1, 1_024)
    .prefault('8')
    .describe('Set it to the number of partitions the store was created with.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Set it to one of fatal, error, warn, info, debug, trace, silent.'),
  INSTANCE_ID: z
    .string()
    .max(100)
    .default(() => `${hostname()}-${process.pid}`)
    .describe('Set it to a name that tells this instance from the others.'),
} as const;

/** What `commonVariables` resolve to. */
export type CommonConfig = z.infer<z.ZodObject<typeof commonVariables>>;

/**
 * Resolves a service's environment once, at boot. An empty variable counts as unset. For every key `K` of the schema, `K_FILE` may
 * name a file that holds the value (one trailing line break is cut).
 * @throws ConfigError with every problem found; a field's `describe()` text is its "how to fix".
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
): z.infer<z.ZodObject<Shape>> {
  const problems: ConfigProblem[] = [];
  const values: Record<string, string> = {};
  for (const variable of Object.keys(schema.shape)) {
    const value = valueOf(variable, env, problems);
    if (value !== undefined) values[variable] = value;
  }
  const unreadable = new Set(problems.map((problem) => problem.variable.replace(/_FILE$/, '')));
  problems.push(...kafkaProblems(values));
  const parsed = schema.safeParse(values);
  if (parsed.success && problems.length === 0) return parsed.data;
  for (const issue of parsed.error?.issues ?? []) {
    const variable = String(issue.path[0] ?? '(environment)');
    if (unreadable.has(variable)) continue;
    const field = schema.shape[variable];
    const fix = (field instanceof z.ZodType ? field.description : undefined) ?? 'See the configuration reference.';
    problems.push({ variable, what: issue.message, fix });
  }
  throw new ConfigError(problems);
}

/** What each variable of Kafka needs of the others; half of a login must not turn into none. */
function kafkaProblems(values: Readonly<Record<string, string>>): ConfigProblem[] {
  const needs = [
    ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME'],
    ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD'],
    ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM'],
    ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM'],
    ['KAFKA_SASL_MECHANISM', 'KAFKA_BROKERS'],
    ['KAFKA_SSL', 'KAFKA_BROKERS'],
  ] as const;
  const unmet = needs.filter(([given, needed]) => {
    const isGiven = values[given] !== undefined && values[given] !== 'false';
    return isGiven && values[needed] === undefined;
  });
  const ca: ConfigProblem[] =
    values['KAFKA_SSL_CA'] !== undefined && values['KAFKA_SSL'] !== 'true'
      ? [
          {
            variable: 'KAFKA_SSL_CA',
            what: 'is set, but KAFKA_SSL is not true',
            fix: 'Set KAFKA_SSL=true, or unset it.',
          },
        ]
      : [];
  return [
    ...unmet.map(([given, needed]) => ({
      variable: needed,
      what: `is not set, but ${given} is`,
      fix: `Set ${needed}, or unset ${given}.`,
    })),
    ...ca,
  ];
}

function valueOf(variable: string, env: Environment, problems: ConfigProblem[]): string | undefined {
  const direct = env[variable] || undefined;
  const fileVariable = `${variable}_FILE`;
  const file = env[fileVariable] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) {
    const what = `both ${variable} and ${fileVariable} are set`;
    problems.push({ variable: fileVariable, what, fix: 'Set only one of the two.' });
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const what = `the file '${file}' cannot be read (${code})`;
    problems.push({ variable: fileVariable, what, fix: 'Name a file that this process may read.' });
    return undefined;
  }
}
