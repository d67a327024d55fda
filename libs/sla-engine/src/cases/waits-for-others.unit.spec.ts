import { describe, expect, it } from 'vitest';
import { waitsForOthers } from '../waits-for-others.js';
import { story, tell } from './story.spec-kit.js';

/** Who has the next word on a ticket: what the team owes comes first in the queue. */

const created = '09:00 created';
const replied = '09:10 agent replies';

describe('a ticket waits for others', () => {
  it.each<[string, boolean, readonly string[], object]>([
    ['no: it was created', false, [created], {}],
    ['yes: the requester was asked', true, [created, replied, '09:20 waits for requester'], {}],
    ['yes: the vendor was asked', true, [created, replied, '09:20 waits for vendor'], {}],
    [
      'no: the requester wrote since',
      false,
      [created, replied, '09:20 waits for requester', '09:30 requester writes'],
      {},
    ],
    ['no: a promise goes on whatever the status', false, [created, '09:20 waits for requester'], { policy: 'strict' }],
    ['no: a surge suspends the promise', false, [created, replied, '09:20 requester writes'], { surge: '09:05–' }],
    [
      'yes: nothing is promised, and the requester was asked',
      true,
      ['09:00 created on a plan without promises', '09:20 waits for requester'],
      {},
    ],
    [
      'no: nothing is promised, and the requester answered',
      false,
      ['09:00 created on a plan without promises', '09:20 waits for requester', '09:30 requester writes'],
      {},
    ],
    ['no: nothing is promised, and nobody was asked', false, ['09:00 created on a plan without promises'], {}],
  ])('%s', (_why, waits, lines, options) => {
    expect(waitsForOthers(tell(story(...lines), '09:40', options).folded.state)).toBe(waits);
  });
});
