import type { ProcessOptions } from './event-log.js';
import { StreamError } from './stream-error.js';

/** Throws `invalid_option` for what no driver can process. */
export function checkProcessOptions({ group, topics, maxBatch }: ProcessOptions): void {
  if (group === '') throw new StreamError('invalid_option', 'a group needs a name');
  if (topics.length === 0) throw new StreamError('invalid_option', `group '${group}' names no topic`);
  if (maxBatch !== undefined && !(Number.isInteger(maxBatch) && maxBatch > 0)) {
    throw new StreamError(
      'invalid_option',
      `maxBatch of group '${group}' must be a whole number above 0, not ${maxBatch}`,
    );
  }
}
