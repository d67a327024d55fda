import { StreamError } from './stream-error.js';

/**
 * What a failed unit means for the processor. `transient`: the same again soon. `fenced`: ownership is lost. `refused`: only a person can
 * go on. `bug`: the same again as well, for nothing may be skipped, but later and loudly.
 */
export type Fault = 'transient' | 'fenced' | 'refused' | 'bug';

/** SQLSTATE classes (first two characters) after which the same transaction may succeed: connection, resources, operator. */
const transientClasses = new Set(['08', '53', '57']);
/** Serialization failure, deadlock, lock not available, transaction timeouts. */
const transientStates = new Set(['40001', '40P01', '55P03', '25P03', '25P04']);
const transientSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** `pg` gives these no code. */
const transientMessages =
  /^(Connection terminated|timeout e(xceeded|xpired)|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Driver not Connected|Cannot use a pool after calling end)/;

/** Tells what an error thrown by a handler or by the commit is, looking through `cause` and TypeORM's `driverError`. */
export function classifyFault(error: unknown): Fault {
  for (let one: unknown = error, depth = 0; typeof one === 'object' && one !== null && depth < 8; depth += 1) {
    const found = classifyOne(one);
    if (found !== null) return found;
    const { cause, driverError } = one as { cause?: unknown; driverError?: unknown };
    one = cause ?? driverError;
  }
  return 'bug';
}

/** What kafkajs throws of its own: brokers that are away, elections, timeouts. The next attempt finds out. */
const kafkaErrors = /^KafkaJS/;

function classifyOne(error: object): Fault | null {
  if (error instanceof StreamError) return classifyStreamError(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') {
    if (transientSystemCodes.has(code) || transientStates.has(code)) return 'transient';
    if (/^[0-9A-Z]{5}$/.test(code) && transientClasses.has(code.slice(0, 2))) return 'transient';
  }
  if (error instanceof Error && kafkaErrors.test(error.name)) return 'transient';
  return typeof message === 'string' && transientMessages.test(message) ? 'transient' : null;
}

function classifyStreamError(error: StreamError): Fault | null {
  switch (error.code) {
    case 'fenced':
      return 'fenced';
    case 'not_ready':
    case 'log_unavailable':
      return 'transient';
    case 'log_changed':
    case 'log_ahead_of_database':
    case 'outbox_gap':
    case 'topic_mismatch':
    case 'partitions_mismatch':
    case 'input_gap':
      return 'refused';
    default:
      // The cause may still be a lost connection.
      return null;
  }
}
