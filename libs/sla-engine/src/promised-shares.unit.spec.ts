import type { SharePromise } from '@punctual/policy';
import { describe, expect, it } from 'vitest';
import type { JudgedCycle } from './attainment.js';
import { promisedShares } from './promised-shares.js';

const goal: SharePromise = { id: 'goal', target: 'first_response', commitment: 'objective', attainment: 0.8 };

function cycles(promise: string, outcome: JudgedCycle['outcome'], times: number, more: Partial<JudgedCycle> = {}) {
  const { target, commitment } = goal;
  const at = { breachedAt: outcome === 'missed' ? 10 : null, stoppedAt: outcome === 'met' ? 10 : null };
  return { promise, target, commitment, priority: null, lateMs: null, outcome, times, ...at, ...more };
}

describe('a promised share', () => {
  it.each([
    ['kept at the share', 8, 2, 0.8, true],
    ['kept above it', 9, 1, 0.9, true],
    ['not kept below it', 7, 3, 0.7, false],
    ['not judged yet', 0, 0, null, null],
  ])('is %s', (_what, kept, missed, attainment, isKept) => {
    const judged = [cycles('goal', 'met', kept), cycles('goal', 'missed', missed), cycles('goal', 'running', 5)];
    expect(promisedShares([goal], judged)).toEqual([
      {
        ...{ promise: 'goal', target: 'first_response', commitment: 'objective', promised: 0.8 },
        ...{ kept, judged: kept + missed, attainment, isKept },
      },
    ]);
  });

  it('counts no other promise of the target, no waived cycle and nothing outside the range', () => {
    const judged = [
      cycles('goal', 'met', 4),
      cycles('contract', 'breached', 9, { breachedAt: 10 }),
      cycles('goal', 'missed', 3, { waived: true }),
      cycles('goal', 'missed', 2, { breachedAt: 20 }),
    ];
    expect(promisedShares([goal], judged, { from: 0, to: 20 })).toMatchObject([{ kept: 4, judged: 4, isKept: true }]);
  });
});
