import { Logger } from '@nestjs/common';

/** Where the processor reports. Details are codes, names and numbers; never a record's content. */
export interface StreamLogger {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** Reports through Nest's logger, whatever the application has put behind it. */
export function nestStreamLogger(context = 'EventLog'): StreamLogger {
  const logger = new Logger(context);
  return {
    info: (message, details) => logger.log({ message, ...details }),
    warn: (message, details) => logger.warn({ message, ...details }),
    error: (message, details) => logger.error({ message, ...details }),
  };
}

/** The part of a pino logger that is used here. */
type PinoWrite = (details: Readonly<Record<string, unknown>>, message: string) => void;

/** Reports through a service's own pino logger. */
export function pinoStreamLogger(pino: {
  readonly info: PinoWrite;
  readonly warn: PinoWrite;
  readonly error: PinoWrite;
}): StreamLogger {
  return {
    info: (message, details) => pino.info(details, message),
    warn: (message, details) => pino.warn(details, message),
    error: (message, details) => pino.error(details, message),
  };
}

/** An error as log details. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error === 'object' ? JSON.stringify(error) : String(error) };
  const code = (error as { code?: unknown }).code;
  return { error: error.message, ...(code === undefined ? {} : { code }), stack: error.stack };
}
