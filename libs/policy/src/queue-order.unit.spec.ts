import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInPack, compareQueuePlaces, compilePolicy, resolvePolicy, type QueueEntry } from './index.js';

const document = builtInPack('sourcegraph')?.document;
if (!document) throw new Error('the pack loads');
const policy = compilePolicy(resolvePolicy(document));

function compare(a: QueueEntry, b: QueueEntry): number {
  return compareQueuePlaces(policy.placeInQueue(a), policy.placeInQueue(b));
}

function entry(
  ticket: string,
  part: Partial<QueueEntry['attributes']> & {
    priority?: string | null;
    dueAt?: number | null;
    source?: string;
    outOfTurn?: boolean;
    waits?: boolean;
  },
): QueueEntry {
  const { priority = 'p2', dueAt = 1_000, source = 'desk', outOfTurn = false, waits = false, ...attributes } = part;
  return {
    source,
    ticket,
    priority,
    dueAt,
    outOfTurn,
    waits,
    attributes: {
      customer: null,
      plan: null,
      tier: null,
      channel: null,
      product: null,
      stage: null,
      fields: {},
      ...attributes,
    },
  };
}

const anyEntry: fc.Arbitrary<QueueEntry> = fc
  .record({
    ticket: fc.oneof(fc.nat(30).map(String), fc.constantFrom('007', '7', '07', 'A-1', 'a-1', 'é', '𝒳')),
    source: fc.constantFrom('desk', 'chat'),
    tier: fc.constantFrom(null, 'enterprise', 'Team', 'free', 'oss', 'internal', 'partner'),
    stage: fc.constantFrom(null, 'pre-sales'),
    priority: fc.constantFrom(null, 'p0', 'p1', 'p2', 'p3', 'other'),
    dueAt: fc.constantFrom(null, 0, 1, 2),
    outOfTurn: fc.boolean(),
    waits: fc.boolean(),
  })
  .map(({ ticket, ...part }) => entry(ticket, part));

describe('the queue', () => {
  it('puts pre-sales first, then enterprise, team, free, open source, internal', () => {
    const shuffled = [
      entry('1', { tier: 'internal', priority: 'p0' }),
      entry('2', { tier: 'open source', priority: 'p0' }),
      entry('3', { tier: 'free', priority: 'p0' }),
      entry('4', { tier: 'team', priority: 'p0' }),
      entry('5', { tier: 'enterprise', priority: 'p0' }),
      entry('6', { stage: 'pre-sales', priority: 'p2' }),
    ];
    expect(shuffled.sort(compare).map(({ ticket }) => ticket)).toEqual(['6', '5', '4', '3', '2', '1']);
  });

  it('within a tier goes by priority, then due, then ticket id by number', () => {
    const shuffled = [
      entry('10', { tier: 'team' }),
      entry('9', { tier: 'team' }),
      entry('1', { tier: 'team', dueAt: null }),
      entry('2', { tier: 'team', dueAt: 500 }),
      entry('3', { tier: 'team', priority: 'p1', dueAt: 9_000 }),
      entry('4', { tier: 'team', priority: null, dueAt: 0 }),
    ];
    expect(shuffled.sort(compare).map(({ ticket }) => ticket)).toEqual(['3', '2', '9', '10', '1', '4']);
  });

  it('puts what people take before its turn first, and that in its own order', () => {
    const shuffled = [
      entry('1', { tier: 'enterprise', priority: 'p0' }),
      entry('3', { tier: 'internal', priority: 'p3', outOfTurn: true }),
      entry('2', { tier: 'free', outOfTurn: true }),
    ];
    expect(shuffled.sort(compare).map(({ ticket }) => ticket)).toEqual(['2', '3', '1']);
  });

  it('puts what waits for others last, whatever its tier and due instant, and what people take first among that', () => {
    const shuffled = [
      entry('1', { tier: 'enterprise', priority: 'p0', dueAt: 1, waits: true }),
      entry('2', { tier: 'free', waits: true, outOfTurn: true }),
      entry('3', { tier: 'internal', priority: 'p3', dueAt: null }),
      entry('4', { tier: 'free', outOfTurn: true }),
    ];
    expect(shuffled.sort(compare).map(({ ticket }) => ticket)).toEqual(['4', '3', '2', '1']);
  });

  it('has places that compare as bytes of UTF-8 do, as in an index', () => {
    const utf8 = (one: QueueEntry) => Buffer.from(policy.placeInQueue(one));
    fc.assert(
      fc.property(anyEntry, anyEntry, (a, b) => {
        expect(Math.sign(compare(a, b))).toBe(Math.sign(utf8(a).compare(utf8(b))));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, string]>([
    ['9', '10'],
    ['007', '7'],
    ['99999999999999999998', '99999999999999999999'],
    ['10', 'A-1'],
    ['A', 'A-1'],
    ['\uffee', '\u{1d4b3}'],
  ])('puts %s before %s', (first, second) => {
    expect(compare(entry(first, {}), entry(second, {}))).toBeLessThan(0);
  });

  it('has an order that stays where nothing it depends on changes', () => {
    const order = (change: object) => compilePolicy(resolvePolicy({ ...document, ...change })).queueOrder;
    expect(order({ settle: 1, title: 'Another', promises: [] })).toBe(policy.queueOrder);
    expect(order({ queue: ['due', 'ticket'] })).not.toBe(policy.queueOrder);
    expect(order({ tiers: [] })).not.toBe(policy.queueOrder);
  });

  it('is a strict total order: exactly one ticket is number one', () => {
    const sign = (a: QueueEntry, b: QueueEntry) => Math.sign(compare(a, b));
    fc.assert(
      fc.property(anyEntry, anyEntry, anyEntry, (a, b, c) => {
        expect(sign(a, b) + sign(b, a)).toBe(0);
        expect(sign(a, b) === 0).toBe(a.source === b.source && a.ticket === b.ticket && sameOtherwise(a, b));
        if (sign(a, b) < 0 && sign(b, c) < 0) expect(sign(a, c)).toBe(-1);
      }),
      { numRuns: 5_000 },
    );
  });
});

/** What the order looks at besides source and id; one ticket has one value of it. */
function sameOtherwise(a: QueueEntry, b: QueueEntry): boolean {
  return compare({ ...a, ticket: 'x', source: 'x' }, { ...b, ticket: 'x', source: 'x' }) === 0;
}
