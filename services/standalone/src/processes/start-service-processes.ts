import { readIntakeConfig } from '@punctual/intake';
import { fileURLToPath } from 'node:url';
import {
  portFor,
  serviceEnvironment,
  type RunningServices,
  type ServiceName,
  type ServicesOptions,
} from '../running-services.js';
import { openServiceLog, warningIn } from '../service-log.js';
import type { PortChoice } from '../start-options.js';
import { UserFault } from '../user-fault.js';
import { keepRunning } from './keep-running.js';
import { ServiceEnded, startServiceProcess } from './service-process.js';
import { watermarkReached } from './watermark-reached.js';

export interface ServiceProcessesOptions extends ServicesOptions {
  readonly brokers: string;
  /** Told that a service ended and that it is back. */
  readonly say: (line: string) => void;
  /** Ends a start under way. */
  readonly signal: AbortSignal;
}

/** Starts intake, the classifier and the SLA clock on Kafka, each in a process of its own that is started again when it ends. */
export async function startServiceProcesses(options: ServiceProcessesOptions): Promise<RunningServices> {
  const one = async (name: ServiceName, choice: PortChoice): Promise<{ readonly url: string }> => {
    const port = await portFor(name, choice, options.onWarning);
    const log = openServiceLog(options.logDirectory, name, options.onWarning);
    const main = fileURLToPath(import.meta.resolve(`@punctual/${name}/main`));
    const env = {
      ...serviceEnvironment(options, port),
      KAFKA_BROKERS: options.brokers,
      // What is set for us is not meant for it.
      ...{ DATABASE_URL_FILE: '', KAFKA_BROKERS_FILE: '', INTAKE_TOKENS: '', INTAKE_TOKENS_FILE: '' },
    };
    const kept = await keepRunning({
      name,
      say: options.say,
      begin: async (stopping) => {
        const service = startServiceProcess({ name, main, env, onLine: (line) => log.write(`${line}\n`) });
        await service.ready(AbortSignal.any([stopping, options.signal]));
        return service;
      },
    }).catch(async (error: unknown) => {
      await log.close();
      throw explained(error);
    });
    options.onStarted(name, async () => {
      await kept.stop();
      await log.close();
    });
    return { url: `http://127.0.0.1:${port}` };
  };
  // Intake first: it publishes the built-in policies that the others ask for.
  const intake = await one('intake', options.ports.intake);
  const classifier = await one('classifier', options.ports.classifier);
  const slaClock = await one('sla-clock', options.ports.slaClock);
  const partitions = readIntakeConfig(serviceEnvironment(options, 0)).PARTITIONS;
  const settled = (signal: AbortSignal) => watermarkReached(slaClock.url, partitions, Date.now(), signal);
  return { intake, classifier, slaClock, settled };
}

function explained(error: unknown): unknown {
  if (!(error instanceof ServiceEnded)) return error;
  const why = error.lastWords.startsWith('{') ? warningIn(error.lastWords) : error.lastWords;
  return new UserFault('service_ended', `${error.message}: ${why ?? 'its log says why'}`, { cause: error });
}
