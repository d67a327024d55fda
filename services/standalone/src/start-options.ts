import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserFault } from './user-fault.js';

export interface StartOptions {
  /** Absolute path of the data directory. */
  readonly data: string;
  /** No sample, no trickle. */
  readonly empty: boolean;
  readonly sampleTickets: number;
  /** Policy files (absolute paths) to publish. */
  readonly policies: readonly string[];
  readonly ports: { readonly intake: PortChoice; readonly classifier: PortChoice; readonly slaClock: PortChoice };
  /** A PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl: string | null;
  /** Null: the embedded event log. Otherwise Kafka: that of `brokers`, or one that the start brings. */
  readonly kafka: { readonly brokers: string | null } | null;
}

/** A port asked for must be had; a default may give way to any free one. */
export interface PortChoice {
  readonly port: number;
  readonly asked: boolean;
}

export const usage = `Punctual, the whole product with one command.

Usage: npm start -- [options]

  --kafka                  on a real Kafka, each service in a process of its own
  --empty                  start without sample tickets
  --sample-tickets N       how many sample tickets to play into an empty store (60 to 20000, default 2000)
  --policy FILE            publish this policy (YAML); may be given several times
  --data DIR               where everything is kept (default ./.punctual; with --kafka ./.punctual-kafka)
  --port-intake N          default 4100; also PORT_INTAKE
  --port-classifier N      default 4101; also PORT_CLASSIFIER
  --port-sla-clock N       default 4102; also PORT_SLA_CLOCK
  --help                   this text

Environment:

  DATABASE_URL             a PostgreSQL to use instead of the embedded one
  KAFKA_BROKERS            a Kafka to use (host:port,host:port); means --kafka. The other KAFKA_ variables of docs/kafka.md count, too
  LOG_LEVEL                what goes to DIR/log/*.log (default info)
  PUNCTUAL_DATA            the same as --data

A default port that is taken gives way to a free one, and the start says so; a port that was asked for does not.`;

/**
 * Reads the command line and the environment; null where help is asked for.
 * @throws UserFault `bad_option`
 */
export function readStartOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartOptions | null {
  const { values } = parse(args);
  if (values.help === true) return null;
  const brokers = env['KAFKA_BROKERS'] || null;
  const kafka = values.kafka === true || brokers !== null ? { brokers } : null;
  return {
    data: resolve(values.data ?? (env['PUNCTUAL_DATA'] || (kafka === null ? '.punctual' : '.punctual-kafka'))),
    empty: values.empty === true,
    sampleTickets: wholeNumber('--sample-tickets', values['sample-tickets'] ?? '2000', 60, 20_000),
    policies: (values.policy ?? []).map((file) => resolve(file)),
    ports: {
      intake: port('--port-intake', values['port-intake'] ?? env['PORT_INTAKE'], 4100),
      classifier: port('--port-classifier', values['port-classifier'] ?? env['PORT_CLASSIFIER'], 4101),
      slaClock: port('--port-sla-clock', values['port-sla-clock'] ?? env['PORT_SLA_CLOCK'], 4102),
    },
    databaseUrl: env['DATABASE_URL'] || null,
    kafka,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        empty: { type: 'boolean' },
        kafka: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        data: text,
        policy: { type: 'string', multiple: true },
        'sample-tickets': text,
        'port-intake': text,
        'port-classifier': text,
        'port-sla-clock': text,
      },
    });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UserFault('bad_option', `${what}\n\n${usage}`);
  }
}

function port(option: string, value: string | undefined, fallback: number): PortChoice {
  if (value === undefined || value === '') return { port: fallback, asked: false };
  return { port: wholeNumber(option, value, 0, 65_535), asked: value !== '0' };
}

function wholeNumber(option: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least && number <= most) return number;
  throw new UserFault('bad_option', `${option} is '${value}'; give a whole number from ${least} to ${most}.`);
}
