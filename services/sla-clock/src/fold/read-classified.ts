import { ticketEventTypes, type ClassifiedTopicRecord } from '@punctual/contracts';
import type { LogRecord } from '@punctual/stream';

const eventTypes: ReadonlySet<unknown> = new Set(ticketEventTypes);

/**
 * Reads a record of `tickets.classified`; what is wrong with it where it is none. The classifier writes only what it has checked, so
 * this looks at what the fold relies on, not at every field again.
 */
export function readClassified(
  record: LogRecord,
): ClassifiedTopicRecord | { readonly kind: 'invalid'; readonly what: string } {
  if (record.malformed !== undefined) return invalid('it is not JSON');
  const { value } = record;
  if (!isObject(value)) return invalid('it is not an object');
  switch (value['kind']) {
    case 'watermark':
      if (!Number.isSafeInteger(value['at'])) return invalid('a watermark needs a time');
      if (!isObject(value['sources'])) return invalid('a watermark needs its sources');
      return value as unknown as ClassifiedTopicRecord;
    case 'config':
      return value as unknown as ClassifiedTopicRecord;
    case 'dead_letter':
    case 'release':
      if (typeof value['source'] !== 'string' || typeof value['ticket'] !== 'string')
        return invalid('it names no ticket');
      return value as unknown as ClassifiedTopicRecord;
    case 'forget':
      if (typeof value['source'] !== 'string' || typeof value['ticket'] !== 'string')
        return invalid('it names no ticket');
      if (typeof value['requestId'] !== 'string' || !Number.isSafeInteger(value['at']))
        return invalid('it names no request');
      return value as unknown as ClassifiedTopicRecord;
    case 'forgotten':
      return { kind: 'forgotten' };
    case 'surge':
      for (const name of ['policy', 'id', 'reason'])
        if (typeof value[name] !== 'string') return invalid(`a surge needs its ${name}`);
      if (value['state'] !== 'started' && value['state'] !== 'ended') return invalid('a surge starts or ends');
      if (!Number.isSafeInteger(value['at'])) return invalid('a surge needs a time');
      return value as unknown as ClassifiedTopicRecord;
    case 'event': {
      const event = value['event'];
      if (!isObject(event)) return invalid('an event record needs an event');
      for (const name of ['id', 'source', 'ticket'])
        if (typeof event[name] !== 'string') return invalid(`its event has no ${name}`);
      if (!eventTypes.has(event['type'])) return invalid('its event is of no known type');
      if (!Number.isSafeInteger(event['occurredAt'])) return invalid('its event has no time');
      if (typeof event['sequence'] !== 'number' || !isObject(event['data'])) return invalid('its event is incomplete');
      if (typeof value['policy'] !== 'string' || !Number.isSafeInteger(value['revision'])) {
        return invalid('it names no policy or no revision');
      }
      if (!Array.isArray(value['priorityHistory']) || !Array.isArray(value['coverageHistory'])) {
        return invalid('it has no decisions');
      }
      return value as unknown as ClassifiedTopicRecord;
    }
    default:
      return invalid('it is of no known kind');
  }
}

function invalid(what: string): { readonly kind: 'invalid'; readonly what: string } {
  return { kind: 'invalid', what };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
