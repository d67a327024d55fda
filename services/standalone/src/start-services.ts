import { createClassifier, readClassifierConfig, type Classifier } from '@punctual/classifier';
import { createIntake, readIntakeConfig, type Intake } from '@punctual/intake';
import { createSlaClock, readSlaClockConfig, type SlaClock } from '@punctual/sla-clock';
import { freePort } from './free-port.js';
import { openServiceLog } from './service-log.js';
import type { PortChoice, StartOptions } from './start-options.js';
import { UserFault } from './user-fault.js';

export type ServiceName = 'intake' | 'classifier' | 'sla-clock';

export interface RunningServices {
  readonly intake: Intake;
  readonly classifier: Classifier;
  readonly slaClock: SlaClock;
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

/** Starts intake, the classifier and the SLA clock in this process, each with its own application, metrics, health and log. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const one = async <S extends { stop(): Promise<void> }>(
    name: ServiceName,
    choice: PortChoice,
    create: (env: Record<string, string>, log: ReturnType<typeof openServiceLog>) => Promise<S>,
  ): Promise<S> => {
    const port = await portFor(name, choice, options.onWarning);
    const log = openServiceLog(options.logDirectory, name, options.logLevel, options.onWarning);
    const service = await create(environment(options, port), log);
    options.onStarted(name, async () => {
      await service.stop();
      await log.close();
    });
    return service;
  };
  // Intake first: it publishes the built-in policies that the others ask for.
  const intake = await one('intake', options.ports.intake, (env, { logger }) =>
    createIntake({ config: readIntakeConfig(env), logger }),
  );
  const classifier = await one('classifier', options.ports.classifier, (env, { logger }) =>
    createClassifier({ config: readClassifierConfig(env), logger }),
  );
  const slaClock = await one('sla-clock', options.ports.slaClock, (env, { logger }) =>
    createSlaClock({ config: readSlaClockConfig(env), logger }),
  );
  return { intake, classifier, slaClock };
}

function environment(options: ServicesOptions, port: number): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: options.databaseUrl,
    LOG_LEVEL: options.logLevel,
    ...(options.partitions === undefined ? {} : { PARTITIONS: options.partitions }),
  };
}

/** @throws UserFault `port_taken` for a port that was asked for */
async function portFor(name: string, choice: PortChoice, onWarning: (line: string) => void): Promise<number> {
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
