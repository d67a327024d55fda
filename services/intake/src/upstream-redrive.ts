import { topics } from '@punctual/contracts';
import { encodeUpstreamLetter, readUpstreamLetter, type BatchHandler } from '@punctual/stream';
import type { UpstreamTranslator } from './upstream-translator.js';

/** The group that translates dead letters of upstreams again. */
export const redriveGroup = 'intake.redrive';

/**
 * Translates upstream records that were sent back from the dead letters (`tickets.upstream`), by the mappings of now: into
 * `tickets.received`, or, where they still cannot be translated, into the dead letters again with one more attempt.
 */
export function redriveHandler(translators: ReadonlyMap<string, UpstreamTranslator>): BatchHandler {
  return async ({ records }, unit) => {
    for (const record of records) {
      const letter = readUpstreamLetter(record);
      const translator = letter === null ? undefined : translators.get(letter.upstream);
      if (letter === null) {
        const detail = `what stands on ${topics.upstream} is a dead letter of an upstream that is tried again`;
        unit.deadLetter(record, { code: 'invalid_record', detail, stage: 'intake' });
        continue;
      }
      if (translator === undefined) {
        const detail = `no stream of UPSTREAMS is called '${letter.upstream}' any more`;
        unit.emit([encodeUpstreamLetter(letter.record, letter, { code: 'unknown_upstream', detail, stage: 'intake' })]);
        continue;
      }
      const { outputs } = await translator.translateOne(letter.record, letter.attempt);
      unit.emit(outputs);
    }
  };
}
