import { formatInstant } from '@punctual/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { decodeRecord, type EncodedRecord } from '../encoded-record.js';
import type { LogRecord } from '../event-log.js';

/** Headers that are made from the value on the way out, and taken away on the way in: the value says the same. */
const madeHere = /^(ce_[a-z]+|content-type)$/;

/** A record as Kafka takes it. One that holds an event carries CloudEvents' binary-mode headers (Kafka protocol binding 1.0). */
export function toMessage(record: EncodedRecord): Message {
  return {
    key: record.key,
    value: record.value,
    partition: record.partition,
    headers: { ...record.headers, ...cloudEventHeaders(record.value) },
  };
}

/** A record as handlers see it. `topic` is without the prefix. */
export function fromMessage(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return decodeRecord({
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString() ?? '',
    value: message.value?.toString() ?? '',
    headers: readHeaders(message.headers),
    appendedAt: Number(message.timestamp),
  });
}

function readHeaders(headers: IHeaders | undefined): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (madeHere.test(name)) continue;
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) read[name] = last.toString();
  }
  return read;
}

/** What both ticket events and SLA events say of themselves. */
interface Event {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly source?: unknown;
  readonly ticket?: unknown;
  readonly occurredAt?: unknown;
  readonly at?: unknown;
}

function cloudEventHeaders(text: string): Record<string, string> {
  const event = eventIn(text);
  if (event === null) return {};
  const { id, type, source, ticket, occurredAt, at } = event;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof source !== 'string') return {};
  const time = occurredAt ?? at;
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: type,
    ce_source: source,
    ...(typeof ticket === 'string' ? { ce_subject: ticket } : {}),
    ...(typeof time === 'number' ? { ce_time: formatInstant(time) } : {}),
    'content-type': 'application/json',
  };
}

function eventIn(text: string): Event | null {
  try {
    const value = JSON.parse(text) as { event?: unknown } | null;
    if (typeof value !== 'object' || value === null) return null;
    return (typeof value.event === 'object' && value.event !== null ? value.event : value) as Event;
  } catch {
    return null;
  }
}
