import { freePort } from '@punctual/local-kafka';
import type { PortChoice, StartOptions } from './start-options.js';
import { UserFault } from './user-fault.js';

export type ServiceName = 'intake' | 'classifier' | 'sla-clock';

/** The three services as whoever started them sees them, in this process or each in its own. */
export interface RunningServices {
  readonly intake: { readonly url: string };
  readonly classifier: { readonly url: string };
  readonly slaClock: { readonly url: string };
  /** Resolves when all that intake has acknowledged is classified and folded. */
  settled(signal: AbortSignal): Promise<void>;
}

export interface ServicesOptions {
  readonly databaseUrl: string;
  readonly ports: StartOptions['ports'];
  /** Where `<service>.log` goes. */
  readonly logDirectory: string;
  readonly logLevel: string;
  readonly partitions: string | undefined;
  /** Told of warnings and errors of any service, and of ports that gave way. */
  readonly onWarning: (line: string) => void;
  /** Handed what stops each service once it runs. */
  readonly onStarted: (name: ServiceName, stop: () => Promise<void>) => void;
}

/** What a service reads from its environment, wherever it runs. */
export function serviceEnvironment(options: ServicesOptions, port: number): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: options.databaseUrl,
    LOG_LEVEL: options.logLevel,
    ...(options.partitions === undefined ? {} : { PARTITIONS: options.partitions }),
  };
}

/** @throws UserFault `port_taken` for a port that was asked for */
export async function portFor(
  name: ServiceName,
  choice: PortChoice,
  onWarning: (line: string) => void,
): Promise<number> {
  const port = await freePort(choice.port);
  if (port === choice.port || choice.port === 0) return port;
  if (choice.asked) {
    throw new UserFault(
      'port_taken',
      `Port ${choice.port} for ${name} is taken. Free it, or give another with --port-${name}.`,
    );
  }
  onWarning(`port ${choice.port} is taken; ${name} listens on ${port}`);
  return port;
}
