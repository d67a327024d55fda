import 'reflect-metadata';
import { createLogger, failToStart, stopOnSignals } from '@punctual/service-kit';
import { createSlaClock } from './create-sla-clock.js';
import { readSlaClockConfig } from './sla-clock-config.js';

/** The SLA clock alone in its process. */
async function main(): Promise<void> {
  const config = readSlaClockConfig(process.env);
  const logger = createLogger({ service: 'sla-clock', level: config.LOG_LEVEL, instance: config.INSTANCE_ID });
  const slaClock = await createSlaClock({ config, logger });
  stopOnSignals(() => slaClock.stop(), logger);
}

main().catch((error: unknown) => failToStart('sla-clock', error));
