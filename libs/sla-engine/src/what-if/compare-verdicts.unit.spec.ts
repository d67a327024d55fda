import type { PriorityDecision, TicketEvent } from '@punctual/contracts';
import { compileCalendar, type WorkingCalendar } from '@punctual/working-time';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attainment } from '../attainment.js';
import { foldTicket } from '../fold-ticket.js';
import { decisionsOf, history, lawsBegin } from '../laws/histories.spec-kit.js';
import { compile, lawsPolicies, type Cell, type Shape } from '../laws/policies.spec-kit.js';
import { sayCauses } from './causes.js';
import { compareAttainment } from './compare-attainment.js';
import {
  compareImportance,
  compareVerdicts,
  verdictOf,
  type VerdictChange,
  type VerdictChangeKind,
} from './compare-verdicts.js';
import { judgedTicket, type JudgedTicket } from './judged-ticket.js';
import { pairPromises, type NamedPromise } from './promise-pairs.js';

const hour = 3_600_000;
const day = 24 * hour;
const numRuns = Number(process.env['LAWS_RUNS'] ?? 400);

const samePromises: readonly NamedPromise[] = [
  { id: 'reply', target: 'first_response' },
  { id: 'reply_goal', target: 'first_response' },
  { id: 'next', target: 'next_response' },
  { id: 'update', target: 'periodic_update' },
  { id: 'asked', target: 'update_on_request' },
  { id: 'taken', target: 'acknowledgement' },
  { id: 'fixed', target: 'resolution' },
  { id: 'stay', target: 'team_ownership' },
];
const pairs = pairPromises(samePromises, samePromises);

function judge(
  events: readonly TicketEvent[],
  policy: ReturnType<typeof compile>,
  at: number,
  renamed: Readonly<Record<string, string>> = {},
): JudgedTicket {
  const { coverageHistory, ...decided } = decisionsOf(events);
  const priorityHistory = decided.priorityHistory.map((decision): PriorityDecision => ({
    ...decision,
    priority: renamed[decision.priority] ?? decision.priority,
  }));
  const folded = foldTicket({ source: 'laws', ticket: 'T-1' }, { events, priorityHistory, coverageHistory }, policy, {
    eventsUpTo: at,
    duesBefore: at,
  });
  return judgedTicket(folded, policy, priorityHistory, at);
}

function policyNamed(name: string): ReturnType<typeof compile> {
  const found = lawsPolicies.get(name);
  if (!found) throw new Error(`no laws' policy '${name}'`);
  return found;
}

const opposite: Partial<Record<VerdictChangeKind, VerdictChangeKind>> = {
  kept_to_late: 'late_to_kept',
  becomes_late: 'no_longer_late',
  only_in_b: 'only_in_a',
  deadline_only_in_b: 'deadline_only_in_a',
  due_earlier: 'due_later',
  less_remaining: 'more_remaining',
};
const back = Object.fromEntries(Object.entries(opposite).map(([from, to]) => [to, from])) as typeof opposite;

function mirrored(change: VerdictChange): VerdictChange {
  return {
    ...change,
    a: change.b,
    b: change.a,
    kinds: change.kinds.map((kind) => opposite[kind] ?? back[kind] ?? kind),
    causes: change.causes.map(({ code, a, b }) => ({ code, a: b, b: a })),
  };
}

describe('the laws of comparing two policies', () => {
  const name = fc.constantFrom(...lawsPolicies.keys());
  const world = fc.record({
    events: history,
    a: name,
    b: name,
    renamed: fc.constantFrom({}, { normal: 'low' }, { urgent: 'measured', low: 'urgent' }),
    days: fc.constantFrom(0, 1, 3, 40),
  });
  type World = typeof world extends fc.Arbitrary<infer Drawn> ? Drawn : never;
  const sidesOf = ({ events, a, b, renamed, days }: World): [JudgedTicket, JudgedTicket] => {
    const at = events.reduce((latest, { occurredAt }) => Math.max(latest, occurredAt), lawsBegin) + days * day;
    return [judge(events, policyNamed(a), at), judge(events, policyNamed(b), at, renamed)];
  };

  it('a history compared with itself changes nothing', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const [[a, b], [sameAsA, sameAsB]] = [sidesOf(drawn), sidesOf(drawn)];
        expect(compareVerdicts(a, sameAsA, pairs)).toEqual([]);
        expect(compareVerdicts(b, sameAsB, pairs)).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('swapping A and B mirrors every change', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const [a, b] = sidesOf(drawn);
        const there = compareVerdicts(a, b, pairs);
        expect(compareVerdicts(b, a, pairs)).toEqual(there.map(mirrored));
      }),
      { numRuns },
    );
  });

  it('changes account for every verdict: what B keeps is what A keeps, less and plus what changes', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const [a, b] = sidesOf(drawn);
        const changes = compareVerdicts(a, b, pairs);
        for (const verdict of ['kept', 'late'] as const) {
          const count = (side: JudgedTicket): number =>
            side.clocks.filter(({ clock }) => verdictOf(clock) === verdict).length;
          const lost = changes.filter((change) => change.a && verdictOf(change.a.clock) === verdict).length;
          const won = changes.filter((change) => change.b && verdictOf(change.b.clock) === verdict).length;
          expect(count(a) - lost + won).toBe(count(b));
        }
        for (const change of changes) {
          expect(change.kinds.length).toBeGreaterThan(0);
          expect(sayCauses(change.causes)).not.toBe('');
        }
      }),
      { numRuns },
    );
  });
});

const office = (opens: string, name = 'office'): WorkingCalendar =>
  compileCalendar({
    name,
    zone: 'Etc/UTC',
    weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((weekday) => [weekday, [opens]])),
  });

function desk(cells: Readonly<Record<string, Cell>>, more: Partial<Shape> = {}): ReturnType<typeof compile> {
  const calendars = { office: office('09:00-17:00') };
  return compile({
    id: 'desk',
    retarget: 'fromStart',
    reopen: 'resume',
    fromCreation: false,
    calendars,
    cells,
    ...more,
  });
}

const monday = Date.parse('2026-03-02T10:00:00Z');
const head = { source: 'laws', ticket: 'T-1', receivedAt: null, sequence: -1 };
const created = (
  data: Extract<TicketEvent, { type: 'ticket.created' }>['data'] = { origin: 'requester' },
): TicketEvent => ({
  ...head,
  id: 'created',
  type: 'ticket.created',
  occurredAt: monday,
  data,
});
const reply = (after: number): TicketEvent => ({
  ...head,
  id: `reply-${after}`,
  type: 'ticket.message.added',
  occurredAt: monday + after,
  data: { actor: { role: 'agent' }, visibility: 'public', autoReply: false },
});
const waits = (after: number): TicketEvent => ({
  ...head,
  id: `waits-${after}`,
  type: 'ticket.status.changed',
  occurredAt: monday + after,
  data: { status: { name: 'pending', category: 'waiting_requester' } },
});
const replyWithin = (hours: number | null): Readonly<Record<string, Cell>> => ({
  normal: { reply: { hours, calendar: 'office' } },
});

/** What changes for one ticket, as `kinds: reason`. */
function told(
  events: readonly TicketEvent[],
  a: ReturnType<typeof compile>,
  b: ReturnType<typeof compile>,
  renamed: Readonly<Record<string, string>> = {},
): string[] {
  const at = monday + 30 * day;
  const changes = compareVerdicts(judge(events, a, at), judge(events, b, at, renamed), pairs);
  return changes.map(({ kinds, causes }) => `${kinds.join(', ')}: ${sayCauses(causes)}`);
}

describe('what changes, and why', () => {
  it('another duration', () => {
    expect(told([created(), reply(2 * hour)], desk(replyWithin(4)), desk(replyWithin(1)))).toEqual([
      'kept_to_late, due_earlier: 1h instead of 4h',
    ]);
  });

  it('other hours under the same name; the same hours under another name change nothing', () => {
    const later = desk(replyWithin(1), { calendars: { office: office('13:00-21:00') } });
    expect(told([created(), reply(2 * hour)], desk(replyWithin(1)), later)).toEqual([
      "late_to_kept, due_later: other hours of 'office'",
    ]);
    const renamed = desk(replyWithin(1), { calendars: { office: office('09:00-17:00', 'business') } });
    expect(told([created(), reply(2 * hour)], desk(replyWithin(1)), renamed)).toEqual([]);
  });

  it('other pauses', () => {
    const unpaused = desk(replyWithin(4), { pauses: () => false });
    expect(told([created(), waits(hour), reply(6 * hour)], desk(replyWithin(4)), unpaused)).toEqual([
      'kept_to_late: paused 0s instead of 3h',
    ]);
  });

  it('another priority, with what decided it', () => {
    const both = desk({ ...replyWithin(4), urgent: { reply: { hours: 1, calendar: 'office' } } });
    expect(told([created(), reply(2 * hour)], both, both, { normal: 'urgent' })).toEqual([
      'kept_to_late, due_earlier, priority_differs: priority urgent (law) instead of normal (law); 1h instead of 4h',
    ]);
  });

  it('a promise that only one policy makes, or only measures', () => {
    const both: Readonly<Record<string, Cell>> = {
      normal: { reply: { hours: 4, calendar: 'office' }, fixed: { hours: 8, calendar: 'office' } },
    };
    expect(told([created(), reply(hour)], desk(replyWithin(4)), desk(both))).toEqual([
      "only_in_b: A promises no resolution for this ticket, B 'fixed' (8h)",
    ]);
    expect(told([created(), reply(hour)], desk(replyWithin(null)), desk(replyWithin(4)))).toEqual([
      'outcome_differs, deadline_only_in_b: 4h instead of only measured',
    ]);
  });

  it('coverage', () => {
    const nothing = compile({ ...shapeWithout, cells: {} });
    expect(told([created()], desk(replyWithin(4)), nothing)).toEqual([
      'only_in_a, coverage_differs: not covered: The plan promises nothing',
    ]);
    const onlyNext = desk({ normal: { next: { hours: 4, calendar: 'office' } } });
    expect(told([created()], nothing, onlyNext)).toEqual([
      'coverage_differs: covered, not under A: The plan promises nothing',
    ]);
  });

  const shapeWithout: Omit<Shape, 'cells'> = {
    id: 'nothing',
    retarget: 'fromStart',
    reopen: 'resume',
    fromCreation: false,
    calendars: { office: office('09:00-17:00') },
  };

  it('puts what is newly late first, then orders by ticket', () => {
    const at = monday + 30 * day;
    const changesOf = (after: number, ticket: string): VerdictChange[] => {
      const [a, b] = [desk(replyWithin(4)), desk(replyWithin(1))].map((policy) => ({
        ...judge([created(), reply(after)], policy, at),
        ticket,
      }));
      return a && b ? compareVerdicts(a, b, pairs) : [];
    };
    const listed = [...changesOf(hour, 'T-1'), ...changesOf(2 * hour, 'T-3'), ...changesOf(2 * hour, 'T-2')];
    expect(listed.toSorted(compareImportance).map(({ ticket, kinds }) => `${ticket} ${kinds[0] ?? ''}`)).toEqual([
      'T-2 kept_to_late',
      'T-3 kept_to_late',
      'T-1 due_earlier',
    ]);
  });
});

describe('which promise is which', () => {
  it('by id and target first, what is left by target in the order of the policies', () => {
    const a: NamedPromise[] = [
      { id: 'old', target: 'first_response' },
      { id: 'fix', target: 'resolution' },
      { id: 'goal', target: 'first_response' },
      { id: 'gone', target: 'acknowledgement' },
    ];
    const b: NamedPromise[] = [
      { id: 'goal', target: 'first_response' },
      { id: 'new', target: 'first_response' },
      { id: 'fix', target: 'team_ownership' },
      { id: 'solve', target: 'resolution' },
    ];
    expect([...pairPromises(a, b).toB].sort()).toEqual([
      ['fix', 'solve'],
      ['goal', 'goal'],
      ['old', 'new'],
    ]);
    const { toA, toB } = pairPromises(b, a);
    expect(new Map([...toA].sort())).toEqual(new Map([...pairPromises(a, b).toB].sort()));
    expect(new Map([...toB].sort())).toEqual(new Map([...pairPromises(a, b).toA].sort()));
  });
});

describe('attainment side by side', () => {
  it('keeps rows that only one side has', () => {
    const at = monday + 30 * day;
    const cyclesUnder = (hours: number, priority: string) =>
      judge([created(), reply(2 * hour)], desk({ [priority]: { reply: { hours, calendar: 'office' } } }), at, {
        normal: priority,
      }).clocks.map(({ clock }) => clock);
    const side = (hours: number, priority: string) => attainment(cyclesUnder(hours, priority));
    expect(compareAttainment(side(4, 'normal'), side(1, 'normal'))).toMatchObject([
      { priority: 'normal', a: { kept: 1 }, b: { breached: 1 }, difference: -1 },
    ]);
    expect(compareAttainment(side(4, 'normal'), side(1, 'urgent'))).toMatchObject([
      { priority: 'normal', a: { kept: 1 }, b: null, difference: null },
      { priority: 'urgent', a: null, b: { breached: 1 }, difference: null },
    ]);
  });
});
