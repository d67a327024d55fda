import { formatInstant } from '@punctual/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { decodeRecord, type EncodedRecord } from '../encoded-record.js';
import { eventHeadOf } from '../event-head.js';
import type { LogRecord } from '../event-log.js';

/** Headers that are made from the value on the way out, and taken away on the way in: the value says the same. */
const madeHere = /^(ce_[a-z]+|content-type)$/;

/** A record as Kafka takes it. One that holds an event carries CloudEvents' binary-mode headers (Kafka protocol binding 1.0). */
export function toMessage(record: EncodedRecord): Message {
  return {
    key: record.key,
    value: record.value,
    partition: record.partition,
    headers: { ...record.headers, ...cloudEventHeaders(record) },
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

function cloudEventHeaders({ value, event = eventHeadOf(parsed(value)) }: EncodedRecord): Record<string, string> {
  if (event === null) return {};
  const { id, type, source, ticket, at } = event;
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: type,
    ce_source: source,
    ...(ticket === null ? {} : { ce_subject: ticket }),
    ...(at === null ? {} : { ce_time: formatInstant(at) }),
    'content-type': 'application/json',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
