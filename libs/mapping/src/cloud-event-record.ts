import { parseJson } from './parse-json.js';
import { textOf, type UpstreamRecord } from './upstream-record.js';

/**
 * The CloudEvent that a record holds by CloudEvents' Kafka binding: structured (the value is the event) or binary (attributes in `ce_`
 * headers, the value is its data). Undefined where it holds none.
 */
export function cloudEventIn(record: UpstreamRecord, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'specversion')) return value;
  if (!Object.hasOwn(record.headers, 'ce_specversion')) return undefined;
  const attributes = Object.entries(record.headers).flatMap(([name, bytes]) => {
    const text = name.startsWith('ce_') ? textOf(bytes) : null;
    return text === null ? [] : [[name.slice(3), text]];
  });
  return { ...(Object.fromEntries(attributes) as Record<string, string>), data: value };
}

/** The JSON in a record's value, or why there is none. */
export function jsonIn(bytes: Uint8Array): { readonly value: unknown } | { readonly problem: string } {
  if (bytes[0] === 0) {
    return {
      problem:
        'the value begins with a zero byte, as Avro and Protobuf of a schema registry do; Punctual reads JSON: let the producer or connector write JSON (JsonConverter)',
    };
  }
  const text = textOf(bytes);
  const value = text === null ? undefined : parseJson(text);
  return value === undefined ? { problem: 'the value is not JSON in UTF-8' } : { value };
}
