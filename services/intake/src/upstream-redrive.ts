import { topics } from '@punctual/contracts';
import { encodeUpstreamLetter, noteDeadLetters, readUpstreamLetter, type BatchHandler } from '@punctual/stream';
import type { GivenUp, UpstreamTranslator } from './upstream-translator.js';

/** The group that translates dead letters of upstreams again. */
export const redriveGroup = 'intake.redrive';

/**
 * Translates upstream records that were sent back from the dead letters (`tickets.upstream`), by the mappings of now: into
 * `tickets.received`, or, where they still cannot be translated, into the dead letters again with one more attempt, open once more.
 */
export function redriveHandler(translators: ReadonlyMap<string, UpstreamTranslator>, logId: string): BatchHandler {
  return async ({ records }, unit) => {
    const givenUp: GivenUp[] = [];
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
        const failure = { code: 'unknown_upstream', detail, stage: 'intake' };
        unit.emit([encodeUpstreamLetter(letter.record, letter, failure)]);
        givenUp.push({ record: letter.record, failure });
        continue;
      }
      const translated = await translator.translateOne(letter.record, letter.attempt);
      unit.emit(translated.outputs);
      if (translated.givenUp !== null) givenUp.push(translated.givenUp);
    }
    if (givenUp.length > 0) await noteDeadLetters(await unit.transaction(), logId, givenUp);
  };
}
