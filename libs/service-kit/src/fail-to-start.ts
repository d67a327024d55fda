import { ConfigError } from './config.js';
import { createLogger } from './logger.js';

/** Whoever takes our output and does not read is not waited for longer, ms. */
const FLUSH_LIMIT_MS = 1_000;

/**
 * For a service that runs alone and cannot start: says why, and ends the process with exit code 1. A start that failed half-way may leave
 * something open (a client that connects again, a timer), which would keep the process, and a supervisor restarts only what has ended.
 */
export function failToStart(service: string, error: unknown): void {
  const logger = createLogger({ service, level: 'info' });
  const why = error instanceof ConfigError ? { problems: error.problems } : { err: error };
  logger.pino.fatal(why, `${service} cannot start`);
  setTimeout(() => process.exit(1), FLUSH_LIMIT_MS);
  process.stdout.write('', () => process.exit(1));
}
