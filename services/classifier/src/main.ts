import 'reflect-metadata';
import { createLogger, failToStart, stopOnSignals } from '@punctual/service-kit';
import { readClassifierConfig } from './classifier-config.js';
import { createClassifier } from './create-classifier.js';

/** The classifier alone in its process. */
async function main(): Promise<void> {
  const config = readClassifierConfig(process.env);
  const logger = createLogger({ service: 'classifier', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const classifier = await createClassifier({ config, logger });
  stopOnSignals(() => classifier.stop(), logger);
}

main().catch((error: unknown) => failToStart('classifier', error));
