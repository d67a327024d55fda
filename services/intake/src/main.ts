import 'reflect-metadata';
import { createLogger, failToStart, stopOnSignals } from '@punctual/service-kit';
import { createIntake } from './create-intake.js';
import { readIntakeConfig } from './intake-config.js';

/** Intake alone in its process. */
async function main(): Promise<void> {
  const config = readIntakeConfig(process.env);
  const logger = createLogger({ service: 'intake', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const intake = await createIntake({ config, logger });
  stopOnSignals(() => intake.stop(), logger);
}

main().catch((error: unknown) => failToStart('intake', error));
