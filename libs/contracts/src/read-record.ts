import type { ClassifiedTopicRecord, ControlRecord, ForgottenRecord, ReceivedTopicRecord } from './log-record.js';
import { ticketEventTypes } from './ticket-event.js';

/** A record of the log as far as it matters here: what its JSON says, and its text where it was no JSON. */
export interface ReadableRecord {
  readonly value: unknown;
  readonly malformed?: string;
}

/** A record that cannot be read, and what is wrong with it. */
export interface InvalidRecord {
  readonly kind: 'invalid';
  readonly what: string;
}

/**
 * Reads a record of `tickets.received`. Intake checks every field before it publishes, so this looks at what is relied on behind it, not at
 * everything again.
 */
export function readReceived(record: ReadableRecord): ReceivedTopicRecord | InvalidRecord {
  return readRecord<ReceivedTopicRecord>(record, () => null);
}

/** Reads a record of `tickets.classified`; as of what is received, and the decisions. */
export function readClassified(record: ReadableRecord): ClassifiedTopicRecord | InvalidRecord {
  return readRecord<ClassifiedTopicRecord>(record, ({ revision, priorityHistory, coverageHistory }) => {
    if (!Number.isSafeInteger(revision)) return 'it names no revision';
    return Array.isArray(priorityHistory) && Array.isArray(coverageHistory) ? null : 'it has no decisions';
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong; null where nothing is. */
type Check = (value: Fields) => string | null;

function readRecord<TopicRecord extends ReceivedTopicRecord | ClassifiedTopicRecord>(
  { value, malformed }: ReadableRecord,
  checkDecisions: Check,
): TopicRecord | InvalidRecord {
  if (malformed !== undefined) return invalid('it is not JSON');
  if (!isObject(value)) return invalid('it is not an object');
  const { kind } = value;
  if (kind === 'event') {
    const what = checkEvent(value) ?? checkDecisions(value);
    return what === null ? (value as unknown as TopicRecord) : invalid(what);
  }
  if (typeof kind !== 'string' || !Object.hasOwn(controls, kind)) return invalid('it is of no known kind');
  const what = controls[kind as keyof typeof controls](value);
  return what === null ? (value as unknown as TopicRecord) : invalid(what);
}

const controls: Readonly<Record<(ControlRecord | ForgottenRecord)['kind'], Check>> = {
  watermark: ({ at, sources }) => {
    if (!Number.isSafeInteger(at)) return 'a watermark needs a time';
    return isObject(sources) ? null : 'a watermark needs its sources';
  },
  config: () => null,
  dead_letter: checkTicket,
  release: checkTicket,
  forget: (value) => {
    const { requestId, at } = value;
    return (
      checkTicket(value) ?? (typeof requestId === 'string' && Number.isSafeInteger(at) ? null : 'it names no request')
    );
  },
  forgotten: () => null,
  surge: (value) => {
    for (const name of ['policy', 'id', 'reason'])
      if (typeof value[name] !== 'string') return `a surge needs its ${name}`;
    if (value['state'] !== 'started' && value['state'] !== 'ended') return 'a surge starts or ends';
    return Number.isSafeInteger(value['at']) ? null : 'a surge needs a time';
  },
  share: (value) => {
    for (const name of ['policy', 'share', 'id', 'reason'])
      if (typeof value[name] !== 'string') return `an alarm needs its ${name}`;
    if (value['state'] !== 'raised' && value['state'] !== 'cleared') return 'an alarm is raised or cleared';
    return Number.isSafeInteger(value['at']) && Number.isSafeInteger(value['number'])
      ? null
      : 'an alarm needs a time and a number';
  },
};

function checkTicket({ source, ticket }: Fields): string | null {
  return typeof source === 'string' && typeof ticket === 'string' ? null : 'it names no ticket';
}

const eventTypes: ReadonlySet<unknown> = new Set(ticketEventTypes);

function checkEvent({ event, policy }: Fields): string | null {
  if (!isObject(event)) return 'an event record needs an event';
  for (const name of ['id', 'source', 'ticket']) {
    const text = event[name];
    // PostgreSQL has no NUL.
    if (typeof text !== 'string' || text === '' || text.includes('\u0000')) return `its event has no usable ${name}`;
  }
  if (!eventTypes.has(event['type'])) return 'its event is of no known type';
  if (!Number.isSafeInteger(event['occurredAt'])) return 'its event has no time';
  if (typeof event['sequence'] !== 'number' || !isObject(event['data'])) return 'its event is incomplete';
  return typeof policy === 'string' ? null : 'it names no policy';
}

function invalid(what: string): InvalidRecord {
  return { kind: 'invalid', what };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
