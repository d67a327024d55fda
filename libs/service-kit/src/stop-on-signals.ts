import type { ServiceLogger } from './logger.js';

/** After this long a stop that hangs is given up, ms. */
const STOP_LIMIT_MS = 30_000;

/**
 * For a service that runs alone: SIGTERM and SIGINT stop it in order; a second signal, or 30 s, ends the process with exit code 1.
 * A process that runs several services stops them itself and does not call this.
 */
export function stopOnSignals(stop: () => Promise<void>, logger: ServiceLogger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.pino.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.pino.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
