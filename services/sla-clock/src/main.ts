import 'reflect-metadata';
import { ConfigError, createLogger, stopOnSignals } from '@punctual/service-kit';
import { createSlaClock } from './create-sla-clock.js';
import { readSlaClockConfig } from './sla-clock-config.js';

/** The SLA clock alone in its process. */
async function main(): Promise<void> {
  const config = readSlaClockConfig(process.env);
  const logger = createLogger({ service: 'sla-clock', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const slaClock = await createSlaClock({ config, logger });
  stopOnSignals(() => slaClock.stop(), logger);
}

main().catch((error: unknown) => {
  const logger = createLogger({ service: 'sla-clock', level: 'info' });
  const why = error instanceof ConfigError ? { problems: error.problems } : { err: error };
  logger.pino.fatal(why, 'the SLA clock cannot start');
  process.exitCode = 1;
});
