import { createClassifier, readClassifierConfig } from '@punctual/classifier';
import { createIntake, readIntakeConfig } from '@punctual/intake';
import { createSlaClock, readSlaClockConfig } from '@punctual/sla-clock';
import { createLogger, type ServiceLogger } from '@punctual/service-kit';
import {
  portFor,
  serviceEnvironment,
  type RunningServices,
  type ServiceName,
  type ServicesOptions,
} from './running-services.js';
import { openServiceLog } from './service-log.js';
import type { PortChoice } from './start-options.js';

/** Starts intake, the classifier and the SLA clock in this process, each with its own application, metrics, health and log. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const one = async <S extends { stop(): Promise<void> }>(
    name: ServiceName,
    choice: PortChoice,
    create: (env: Record<string, string>, logger: ServiceLogger) => Promise<S>,
  ): Promise<S> => {
    const port = await portFor(name, choice, options.onWarning);
    const log = openServiceLog(options.logDirectory, name, options.onWarning);
    const logger = createLogger({ service: name, level: options.logLevel, destination: log });
    const service = await create(serviceEnvironment(options, port), logger);
    options.onStarted(name, async () => {
      await service.stop();
      await log.close();
    });
    return service;
  };
  // Intake first: it publishes the built-in policies that the others ask for.
  const intake = await one('intake', options.ports.intake, (env, logger) =>
    createIntake({ config: readIntakeConfig(env), logger }),
  );
  const classifier = await one('classifier', options.ports.classifier, (env, logger) =>
    createClassifier({ config: readClassifierConfig(env), logger }),
  );
  const slaClock = await one('sla-clock', options.ports.slaClock, (env, logger) =>
    createSlaClock({ config: readSlaClockConfig(env), logger }),
  );
  return {
    intake,
    classifier,
    slaClock,
    settled: async () => {
      await intake.tick();
      await classifier.caughtUp();
      await slaClock.caughtUp();
    },
  };
}
