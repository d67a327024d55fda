import type { LoggerService } from '@nestjs/common';
import { Writable } from 'node:stream';
import { pino, stdTimeFunctions, type DestinationStream, type Logger as Pino } from 'pino';
import { prettyLine } from './pretty-line.js';

/** Provider token of the `ServiceLogger`. */
export const LOGGER = Symbol('ServiceLogger');

export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
  readonly instance?: string;
  /** Where JSON lines go; default: standard output, in a readable form if that is a terminal. */
  readonly destination?: DestinationStream;
}

/** Where Nest tells of its own wiring; nobody operating a service needs it. */
const wiring = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

const secretNames = ['authorization', 'cookie', 'password', 'token', 'secret', 'body'];

/**
 * JSON logging behind Nest's `LoggerService`. Secrets by name and passwords in URLs are masked; no caller passes request bodies.
 * `pino` gives structured fields: `logger.pino.info({ partition: 3 }, 'assigned')`.
 */
export class ServiceLogger implements LoggerService {
  constructor(readonly pino: Pino) {}

  log(message: unknown, ...optional: unknown[]): void {
    const context = contextOf(optional);
    this.write(context !== undefined && wiring.has(context) ? 'debug' : 'info', message, context);
  }

  error(message: unknown, ...optional: unknown[]): void {
    this.write('error', message, contextOf(optional), optional);
  }

  warn(message: unknown, ...optional: unknown[]): void {
    this.write('warn', message, contextOf(optional), optional);
  }

  debug(message: unknown, ...optional: unknown[]): void {
    this.write('debug', message, contextOf(optional));
  }

  verbose(message: unknown, ...optional: unknown[]): void {
    this.write('trace', message, contextOf(optional));
  }

  fatal(message: unknown, ...optional: unknown[]): void {
    this.write('fatal', message, contextOf(optional), optional);
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    context: string | undefined,
    optional: readonly unknown[] = [],
  ): void {
    const error = [message, ...optional].find((value) => value instanceof Error);
    const stack = optional.find((value) => typeof value === 'string' && value.includes('\n    at '));
    const text =
      message instanceof Error ? message.message : typeof message === 'string' ? message : JSON.stringify(message);
    this.pino[level]({ ...(context ? { context } : {}), ...(error ? { err: error } : stack ? { stack } : {}) }, text);
  }
}

/** Nest passes the context as the last string argument. */
function contextOf(optional: readonly unknown[]): string | undefined {
  const last = optional.at(-1);
  return typeof last === 'string' && !last.includes('\n') ? last : undefined;
}

/** The logger of one service. */
export function createLogger(options: LoggerOptions): ServiceLogger {
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service, ...(options.instance ? { instance: options.instance } : {}) },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[masked]' },
      hooks: { streamWrite: maskUrlPasswords },
    },
    options.destination ?? defaultDestination(),
  );
  return new ServiceLogger(logger);
}

function maskUrlPasswords(line: string): string {
  return line.replace(/(:\/\/[^:/\s@"]*):[^@/\s"]+@/g, '$1:[masked]@');
}

function defaultDestination(): DestinationStream {
  if (!process.stdout.isTTY) return process.stdout;
  return new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      process.stdout.write(prettyLine(line));
      done();
    },
  });
}
