import type { CoverageDecision, PriorityDecision } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { digestDecisions, isDigestOf } from './timeline.js';

const at = Date.UTC(2026, 0, 5, 14);
const decided = { by: 'rule', status: 'decided', rule: 'outage', confidence: 0.9, needsReview: false } as const;

function priority(decisionId: string, kind: PriorityDecision['kind'], name: string): PriorityDecision {
  return { ...decided, decisionId, eventId: `event of ${decisionId}`, at, kind, priority: name, reason: 'An outage' };
}

function coverage(eventId: string, exclusion: string | null): CoverageDecision {
  return { eventId, at, kind: 'change', exclusion };
}

const first = priority('d-1', 'correction', 'Severity 3');
const second = priority('d-2', 'change', 'Högst');
const covered = coverage('e-9', null);

/** The digests as they stand in the states of stores. */
const written: [digest: string, priorities: PriorityDecision[], coverage: CoverageDecision[]][] = [
  ['0.0.ztntfp', [], []],
  ['1.0.1ei667n', [first], []],
  ['2.1.1bp31m9', [first, second], [covered]],
];

describe('a digest of decisions', () => {
  it.each(written)('is written as ever: %s', (digest, priorities, coverage) => {
    expect(digestDecisions(priorities, coverage)).toBe(digest);
  });

  it.each(written)('is of its own decisions and of no others: %s', (digest) => {
    const of = written.filter(([, priorities, coverage]) => isDigestOf(digest, priorities, coverage));
    expect(of.map(([text]) => text)).toEqual([digest]);
  });

  it('is of as many of each kind, in their order, and of what they say', () => {
    const all = '2.1.1bp31m9';
    expect(isDigestOf(all, [second, first], [covered])).toBe(false);
    expect(isDigestOf(all, [first, { ...second, priority: 'Hogst' }], [covered])).toBe(false);
    expect(isDigestOf(all, [first, second], [coverage('e-9', 'spam')])).toBe(false);
    expect(isDigestOf('1.2.1bp31m9', [first, second], [covered])).toBe(false);
    expect(isDigestOf('2.0.1bp31m9', [first, second], [covered])).toBe(false);
  });

  it('of nothing read yet is of no decisions, not even of none', () => {
    expect(isDigestOf('', [], [])).toBe(false);
  });
});
