import { deadLetterTopic, topics } from '@punctual/contracts';
import { originalText } from '../encoded-record.js';
import type { DeadLetterFailure, LogRecord, OutgoingRecord } from '../event-log.js';
import type { RawRecord } from './upstream.js';

/** Whose record a dead letter was, and where it belongs in our own log. */
export interface UpstreamOrigin {
  readonly upstream: string;
  /** Of our own topics. */
  readonly partition: number;
  /** How often it has been given up before. */
  readonly attempt: number;
}

/** A record of an upstream that was given up once. */
export interface UpstreamLetter extends UpstreamOrigin {
  readonly record: RawRecord;
}

const failure = 'dead-letter-';
/** Headers of the original: apart, for some of ours have such names, and the log writes `ce_` headers of its own. */
const original = 'original-';

/**
 * The dead letter of somebody else's record, beside `tickets.received`: its key, value and headers as they came (as base64 where they are
 * no text; `dead-letter-base64` names those), and in headers of its own where it came from and what is wrong with it.
 */
export function encodeUpstreamLetter(
  record: RawRecord,
  { upstream, partition, attempt }: UpstreamOrigin,
  { code, detail, stage }: DeadLetterFailure,
): OutgoingRecord {
  const asBase64: string[] = [];
  const text = (name: string, bytes: Uint8Array): string => {
    const read = utf8(bytes);
    if (read !== null) return read;
    asBase64.push(name);
    return Buffer.from(bytes).toString('base64');
  };
  const key = record.key === null ? '' : text('key', record.key);
  const value = record.value === null ? '' : text('value', record.value);
  const headers = Object.entries(record.headers).map(([name, bytes]) => [
    original + name,
    text(original + name, bytes),
  ]);
  return {
    topic: deadLetterTopic(topics.received),
    partition,
    key,
    value: null,
    text: value,
    headers: {
      ...(Object.fromEntries(headers) as Record<string, string>),
      [`${failure}code`]: code,
      [`${failure}detail`]: detail.replaceAll('\u0000', '').slice(0, 2_000),
      [`${failure}stage`]: stage,
      [`${failure}topic`]: record.topic,
      [`${failure}partition`]: String(record.partition),
      [`${failure}offset`]: String(record.offset),
      [`${failure}attempt`]: String(attempt + 1),
      [`${failure}upstream`]: upstream,
      [`${failure}timestamp`]: String(record.timestamp),
      ...(record.key === null ? { [`${failure}keyless`]: 'true' } : {}),
      ...(asBase64.length > 0 ? { [`${failure}base64`]: asBase64.join(' ') } : {}),
    },
  };
}

/** The record that a dead letter, or its redrive, was made of; null where that was no record of an upstream. */
export function readUpstreamLetter(letter: LogRecord): UpstreamLetter | null {
  const header = (name: string): string => letter.headers[failure + name] ?? '';
  if (header('upstream') === '') return null;
  const asBase64 = new Set(header('base64').split(' '));
  const bytes = (name: string, text: string): Uint8Array => Buffer.from(text, asBase64.has(name) ? 'base64' : 'utf8');
  const headers = Object.entries(letter.headers).flatMap(([name, text]) =>
    name.startsWith(original) ? [[name.slice(original.length), bytes(name, text)]] : [],
  );
  return {
    upstream: header('upstream'),
    partition: letter.partition,
    attempt: Number(header('attempt')),
    record: {
      topic: header('topic'),
      partition: Number(header('partition')),
      offset: Number(header('offset')),
      timestamp: Number(header('timestamp')),
      key: header('keyless') === 'true' ? null : bytes('key', letter.key),
      value: bytes('value', originalText(letter)),
      headers: Object.fromEntries(headers) as Record<string, Uint8Array>,
    },
  };
}

/** An upstream letter on its way back: not to the sender's topic, which is not ours to write, but to intake, which translates it again. */
export function redrivenToIntake(letter: LogRecord): OutgoingRecord {
  const { partition, key, headers } = letter;
  return { topic: topics.upstream, partition, key, value: null, text: originalText(letter), headers };
}

/** A text that every log can hold: UTF-8 without NUL. */
function utf8(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\u0000') ? null : text;
  } catch {
    return null;
  }
}
