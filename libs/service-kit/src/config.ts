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
  DATABASE_POOL: wholeNumber(1, 200)
    .prefault('10')
    .describe('Set it to the most database connections of one instance.'),
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .optional()
    .describe('Set it to host:port,host:port to use Kafka; leave it unset for the embedded event log.'),
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
