import { deadLetterTopic } from '@punctual/contracts';
import { originalText, type EncodedRecord } from '../encoded-record.js';
import type { DeadLetterFailure, LogRecord, OutgoingRecord } from '../event-log.js';
import { StreamError } from '../stream-error.js';
import { readUpstreamLetter, redrivenToIntake } from '../upstream/upstream-letter.js';

/** Why a record was given up, as its dead letter's headers say. */
export interface DeadLetter {
  readonly code: string;
  readonly detail: string;
  readonly stage: string;
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** 1 for the first failure, one more after each redrive. */
  readonly attempt: number;
}

const prefix = 'dead-letter-';

/** A dead letter keeps key, value and headers as they were; the failure goes into headers of its own, so a redrive is a plain copy. */
export function encodeDeadLetter(record: LogRecord, failure: DeadLetterFailure): EncodedRecord {
  const attempt = Number(record.headers[`${prefix}attempt`] ?? 0) + 1;
  return {
    topic: deadLetterTopic(record.topic),
    partition: record.partition,
    key: record.key,
    value: originalText(record),
    headers: {
      ...record.headers,
      [`${prefix}code`]: failure.code,
      [`${prefix}detail`]: failure.detail.slice(0, 2_000),
      [`${prefix}stage`]: failure.stage,
      [`${prefix}topic`]: record.topic,
      [`${prefix}partition`]: String(record.partition),
      [`${prefix}offset`]: String(record.offset),
      [`${prefix}attempt`]: String(attempt),
    },
  };
}

/** Reads the failure of a record of a dead-letter topic; null where the record is none. */
export function readDeadLetter(record: LogRecord): DeadLetter | null {
  const header = (name: string): string => record.headers[`${prefix}${name}`] ?? '';
  if (header('code') === '') return null;
  return {
    code: header('code'),
    detail: header('detail'),
    stage: header('stage'),
    origin: { topic: header('topic'), partition: Number(header('partition')), offset: Number(header('offset')) },
    attempt: Number(header('attempt')),
  };
}

/**
 * The record to publish when a dead letter is tried again: the original, to its own topic and partition, remembering only the attempt;
 * that of an upstream's record goes to intake (`tickets.upstream`), which translates it by the mapping of now.
 * Throws `invalid_record` for a record that is no dead letter or whose value is not JSON: no second try can read that.
 */
export function redrivenRecord(record: LogRecord): OutgoingRecord {
  const letter = readDeadLetter(record);
  if (letter === null)
    throw new StreamError('invalid_record', `the record at offset ${record.offset} is no dead letter`);
  if (record.malformed !== undefined) {
    throw new StreamError(
      'invalid_record',
      `the dead letter at offset ${record.offset} is not JSON; send a corrected one`,
    );
  }
  if (readUpstreamLetter(record) !== null) return redrivenToIntake(record);
  const kept = Object.entries(record.headers).filter(([name]) => !name.startsWith(prefix));
  return {
    topic: letter.origin.topic,
    partition: letter.origin.partition,
    key: record.key,
    value: record.value,
    headers: { ...Object.fromEntries(kept), [`${prefix}attempt`]: String(letter.attempt) },
  };
}
