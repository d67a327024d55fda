import { ticketEventTypes, type ReceivedTopicRecord } from '@punctual/contracts';
import type { LogRecord } from '@punctual/stream';

const eventTypes: ReadonlySet<unknown> = new Set(ticketEventTypes);

/**
 * Reads a record of `tickets.received`; what is wrong with it where it is none. Intake checks every field before it publishes, so this
 * looks at what is relied on here and behind, not at everything again.
 */
export function readReceived(
  record: LogRecord,
): ReceivedTopicRecord | { readonly kind: 'invalid'; readonly what: string } {
  if (record.malformed !== undefined) return invalid('it is not JSON');
  const { value } = record;
  if (!isObject(value)) return invalid('it is not an object');
  switch (value['kind']) {
    case 'watermark':
      if (!Number.isSafeInteger(value['at'])) return invalid('a watermark needs a time');
      if (!isObject(value['sources'])) return invalid('a watermark needs its sources');
      return value as unknown as ReceivedTopicRecord;
    case 'config':
      return value as unknown as ReceivedTopicRecord;
    case 'dead_letter':
    case 'release':
      if (typeof value['source'] !== 'string' || typeof value['ticket'] !== 'string')
        return invalid('it names no ticket');
      return value as unknown as ReceivedTopicRecord;
    case 'forget':
      if (typeof value['source'] !== 'string' || typeof value['ticket'] !== 'string')
        return invalid('it names no ticket');
      if (typeof value['requestId'] !== 'string' || !Number.isSafeInteger(value['at']))
        return invalid('it names no request');
      return value as unknown as ReceivedTopicRecord;
    case 'forgotten':
      return { kind: 'forgotten' };
    case 'surge':
      for (const name of ['policy', 'id', 'reason'])
        if (typeof value[name] !== 'string') return invalid(`a surge needs its ${name}`);
      if (value['state'] !== 'started' && value['state'] !== 'ended') return invalid('a surge starts or ends');
      if (!Number.isSafeInteger(value['at'])) return invalid('a surge needs a time');
      return value as unknown as ReceivedTopicRecord;
    case 'event': {
      const event = value['event'];
      if (!isObject(event)) return invalid('an event record needs an event');
      for (const name of ['id', 'source', 'ticket']) {
        const text = event[name];
        if (typeof text !== 'string' || text === '' || text.includes('\u0000'))
          return invalid(`its event has no usable ${name}`);
      }
      if (!eventTypes.has(event['type'])) return invalid('its event is of no known type');
      if (!Number.isSafeInteger(event['occurredAt'])) return invalid('its event has no time');
      if (typeof event['sequence'] !== 'number' || !isObject(event['data'])) return invalid('its event is incomplete');
      if (typeof value['policy'] !== 'string') return invalid('it names no policy');
      return value as unknown as ReceivedTopicRecord;
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
