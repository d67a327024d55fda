import type { CoverageDecision, PriorityDecision, TicketEvent, TicketStatus } from '@punctual/contracts';
import { compareTicketEvents } from '@punctual/contracts';
import fc from 'fast-check';
import type { SurgeInterval } from '../engine-input.js';

/** Generated ticket histories for the laws: dense in ties, deadlines hit to the millisecond, reopenings, merges and corrections. */

const minute = 60_000;
export const lawsBegin = Date.parse('2026-03-27T07:30:00Z');

/** Steps between events: mostly whole minutes so that instants tie and deadlines are met exactly, sometimes off by one ms, sometimes days. */
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }).map((tens) => tens * 10 * minute) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(60 * minute, 120 * minute, 120 * minute - 1, 120 * minute + 1, 240 * minute),
  },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5_000_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 10, max: 80 }).map((hours) => hours * 60 * minute) },
  { weight: 1, arbitrary: fc.constant(30 * 24 * 60 * minute) },
);

const status = fc.constantFrom<TicketStatus>(
  { name: 'open', category: 'open' },
  { name: 'pending', category: 'waiting_requester' },
  { name: 'on-hold', category: 'waiting_other' },
  { name: 'solved', category: 'solved' },
  { name: 'closed', category: 'closed' },
);
const role = fc.constantFrom('requester' as const, 'agent' as const, 'participant' as const, 'bot' as const);
const team = fc.constantFrom('blue', 'green', null);
const person = fc.constantFrom('p1', 'p2', null);
const priority = fc.constantFrom('urgent', 'normal', 'low', 'measured');
const kind = fc.constantFrom('change' as const, 'correction' as const);

type Body = Pick<TicketEvent, 'type' | 'data'>;

const body: fc.Arbitrary<Body> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ actor: role, internal: fc.boolean() }).map(({ actor, internal }): Body => ({
      type: 'ticket.message.added',
      data: {
        actor: { role: actor },
        visibility: internal && actor === 'agent' ? 'internal' : 'public',
        autoReply: false,
      },
    })),
  },
  { weight: 8, arbitrary: status.map((value): Body => ({ type: 'ticket.status.changed', data: { status: value } })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ person, team })
      .map((assignee): Body => ({ type: 'ticket.assignment.changed', data: { assignee } })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ priority, kind }).map((data): Body => ({ type: 'ticket.priority.changed', data })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ plan: fc.constantFrom('gold', 'silver', 'none'), kind }).map((data): Body => ({
      type: 'ticket.plan.changed',
      data,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ related: fc.subarray(['T-1', 'T-2', 'T-3', 'T-4']), kind }).map((data): Body => ({
      type: 'ticket.fields.changed',
      data,
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        request: fc.constantFrom('update' as const, 'update' as const, 'escalation' as const, 'elevation' as const),
        by: fc.constantFrom<{ channel?: string; supplied?: Record<string, string> }>(
          { supplied: { reason: 'law' } },
          { channel: 'telephone' },
          {},
        ),
      })
      .map(({ request, by }): Body => ({ type: 'ticket.request.made', data: { request, ...by } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        promise: fc.constantFrom('reply', 'next', 'fixed', 'taken', 'stay'),
        cycle: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      })
      .map(({ promise, cycle }): Body => {
        const named = cycle === undefined ? {} : { cycle };
        return {
          type: 'ticket.waiver.granted',
          data: { promise, ...named, actor: { role: 'agent', id: 'lead' }, reason: 'law' },
        };
      }),
  },
  // Which grant it ends is known once the events have ids.
  {
    weight: 2,
    arbitrary: fc.constant<Body>({
      type: 'ticket.waiver.withdrawn',
      data: { waiver: 'none', actor: { role: 'agent', id: 'lead' } },
    }),
  },
  { weight: 1, arbitrary: fc.constant<Body>({ type: 'ticket.merged', data: { into: 'T-9', transfer: false } }) },
  { weight: 1, arbitrary: fc.constant<Body>({ type: 'ticket.deleted', data: { spam: false } }) },
  { weight: 2, arbitrary: fc.constant<Body>({ type: 'ticket.restored', data: {} }) },
);

/** A ticket's events in an arbitrary order of ids; the first one is usually, not always, its creation. */
export const history: fc.Arbitrary<TicketEvent[]> = fc
  .record({
    origin: fc.constantFrom('requester' as const, 'requester' as const, 'on_behalf' as const, 'outbound' as const),
    created: fc.boolean().chain((yes) => (yes ? fc.constant(true) : fc.boolean())),
    plan: fc.constantFrom('gold', 'gold', 'silver', 'none'),
    assigned: fc.boolean(),
    steps: fc.array(fc.record({ gap, body, id: fc.integer({ min: 0, max: 9_999 }) }), { maxLength: 16 }),
    claim: fc.option(fc.integer({ min: -3_600_000, max: 3_600_000 }), { freq: 8 }),
  })
  .map(({ origin, created, plan, assigned, steps, claim }) => {
    const events: TicketEvent[] = [];
    const head = { source: 'laws', ticket: 'T-1', receivedAt: null, sequence: -1 };
    if (created) {
      const assignee = assigned ? { assignee: { person: 'p1', team: 'blue' } } : {};
      events.push({
        ...head,
        id: 'created',
        type: 'ticket.created',
        occurredAt: lawsBegin,
        data: { origin, plan, ...assignee },
      });
    }
    let at = lawsBegin;
    steps.forEach(({ gap: step, body: { type, data }, id }, index) => {
      at += step;
      const granted = events.findLast(({ type: earlier }) => earlier === 'ticket.waiver.granted');
      const ends = type === 'ticket.waiver.withdrawn' && granted ? { waiver: granted.id } : {};
      const claimed = claim !== null && index === 1 ? { ticket: { createdAt: lawsBegin + claim } } : {};
      events.push({
        ...head,
        id: `e${id}-${index}`,
        type,
        occurredAt: at,
        data: { ...data, ...claimed, ...ends },
      } as TicketEvent);
    });
    return events;
  });

/** Surges of the desk in order, touching the ticket's weeks or not; the last one may still be open. */
export const surges: fc.Arbitrary<SurgeInterval[]> = fc
  .record({
    gaps: fc.array(fc.tuple(gap, gap), { maxLength: 4 }),
    before: fc.integer({ min: 0, max: 7_200_000 }),
    open: fc.boolean(),
  })
  .map(({ gaps, before, open }) => {
    let at = lawsBegin - before;
    return gaps.map(([wait, length], index): SurgeInterval => {
      const from = (at += wait);
      const ends = !(open && index === gaps.length - 1);
      const to = ends ? (at += length) : null;
      return { from, to, startedBy: `begins-${index}`, endedBy: ends ? `ends-${index}` : null };
    });
  });

/** The classifier's part, in short: the first decision holds from creation, later ones are what their event says. */
export function decisionsOf(events: readonly TicketEvent[]): {
  priorityHistory: PriorityDecision[];
  coverageHistory: CoverageDecision[];
} {
  const ordered = [...events].sort(compareTicketEvents);
  const first = ordered.find(({ type }) => type === 'ticket.created') ?? ordered[0];
  const priorityHistory: PriorityDecision[] = [];
  const decide = (event: TicketEvent, to: string, how: 'correction' | 'change'): void => {
    priorityHistory.push({
      decisionId: `d-${event.id}`,
      eventId: event.id,
      at: event.occurredAt,
      kind: how,
      priority: to,
      by: 'agent',
      status: 'decided',
      rule: null,
      confidence: 1,
      needsReview: false,
      reason: 'law',
    });
  };
  if (first) decide(first, 'normal', 'correction');
  for (const event of ordered) {
    if (event.type === 'ticket.priority.changed' && event !== first)
      decide(event, event.data.priority, event.data.kind ?? 'change');
  }
  return { priorityHistory, coverageHistory: [] };
}
