import 'reflect-metadata';
import { ConfigError, createLogger, stopOnSignals } from '@punctual/service-kit';
import { readClassifierConfig } from './classifier-config.js';
import { createClassifier } from './create-classifier.js';

/** The classifier alone in its process. */
async function main(): Promise<void> {
  const config = readClassifierConfig(process.env);
  const logger = createLogger({ service: 'classifier', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const classifier = await createClassifier({ config, logger });
  stopOnSignals(() => classifier.stop(), logger);
}

main().catch((error: unknown) => {
  const logger = createLogger({ service: 'classifier', level: 'info' });
  const why = error instanceof ConfigError ? { problems: error.problems } : { err: error };
  logger.pino.fatal(why, 'the classifier cannot start');
  process.exitCode = 1;
});
