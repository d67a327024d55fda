import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactCondition } from '../compiled-policy.js';
import { conditionCovers, contradiction, selectorCovers } from './subsumption.js';

type Ticket = Readonly<Record<'impact' | 'scope' | 'workaround', string>>;

const values = {
  impact: ['outage', 'degraded', 'minor'],
  scope: ['everyone', 'some', 'one'],
  workaround: ['yes', 'no', 'unknown'],
} as const;

const leaf = fc
  .constantFrom('impact' as const, 'scope' as const, 'workaround' as const)
  .chain((fact) =>
    fc.subarray([...values[fact]], { minLength: 1 }).map((allowed): FactCondition => ({ fact, in: allowed })),
  );

const condition: fc.Arbitrary<FactCondition> = fc.letrec<{ node: FactCondition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.constant<FactCondition>({ always: true }),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all): FactCondition => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any): FactCondition => ({ any })),
    tie('node').map((not): FactCondition => ({ not })),
  ),
})).node;

const everyTicket: Ticket[] = values.impact.flatMap((impact) =>
  values.scope.flatMap((scope) => values.workaround.map((workaround) => ({ impact, scope, workaround }))),
);

function holds(one: FactCondition, ticket: Ticket): boolean {
  if ('all' in one) return one.all.every((part) => holds(part, ticket));
  if ('any' in one) return one.any.some((part) => holds(part, ticket));
  if ('not' in one) return !holds(one.not, ticket);
  if ('fact' in one) return one.in.includes(ticket[one.fact as keyof Ticket]);
  return 'always' in one;
}

describe('a rule is called unreachable', () => {
  it('only where an earlier one holds for every ticket it holds for', () => {
    let told = 0;
    fc.assert(
      fc.property(condition, condition, (wide, narrow) => {
        if (!conditionCovers(wide, narrow)) return;
        told += 1;
        expect(everyTicket.filter((ticket) => holds(narrow, ticket) && !holds(wide, ticket))).toEqual([]);
      }),
      { numRuns: 3_000, seed: 7 },
    );
    expect(told).toBeGreaterThan(300);
  });

  it('is called impossible only where no ticket fits', () => {
    let told = 0;
    fc.assert(
      fc.property(condition, (one) => {
        if (contradiction(one) === null) return;
        told += 1;
        expect(everyTicket.filter((ticket) => holds(one, ticket))).toEqual([]);
      }),
      { numRuns: 3_000, seed: 7 },
    );
    expect(told).toBeGreaterThan(10);
  });
});

describe('a selector', () => {
  it.each([
    [{ channel: ['any'] }, { channel: ['email'] }, true],
    [{ channel: ['any'] }, { channel: ['email'], plan: ['gold'] }, true],
    [{ channel: ['email'] }, { channel: ['any'] }, false],
    [{ channel: ['any'] }, { plan: ['gold'] }, false],
    [{ plan: ['any'] }, { plan: ['gold'] }, false],
  ])('%j covers %j: %s', (wide, narrow, covers) => {
    expect(selectorCovers(wide, narrow)).toBe(covers);
  });
});
