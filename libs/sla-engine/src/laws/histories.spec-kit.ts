import type { CoverageDecision, PriorityDecision, TicketEvent, TicketStatus } from '@punctual/contracts';
import { compareTicketEvents } from '@punctual/contracts';
import fc from 'fast-check';
import type { SurgeInterval } from '../engine-input.js';
import { escalationsOf } from '../escalation-view.js';
import { foldTicket } from '../fold-ticket.js';
import { lawsPolicies } from './policies.spec-kit.js';

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

type Body = Pick<TicketEvent, 'type' | 'data' | 'asks'>;

/** An answer to an escalation that names none. */
const answer: fc.Arbitrary<Body> = fc.constantFrom<Body>(
  { type: 'ticket.escalation.acknowledged', data: { actor: { role: 'agent', id: 'lead' } } },
  { type: 'ticket.escalation.resolved', data: { actor: { role: 'agent' }, reason: 'law' } },
  { type: 'ticket.escalation.resolved', data: { actor: { role: 'agent' }, resources: [{ who: 'team', what: 'law' }] } },
);

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
  {
    weight: 2,
    arbitrary: fc
      .record({
        request: fc.constantFrom('update' as const, 'elevation' as const, 'escalation' as const),
        confidence: fc.constantFrom(0.7, 0.9),
        priorities: fc.subarray(['urgent', 'normal', 'unheard of']),
      })
      .map((read): Body => ({
        type: 'ticket.message.added',
        data: { actor: { role: 'requester' }, visibility: 'public', autoReply: false },
        asks: { ...read, cue: 'law' },
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
        request: fc.constantFrom(
          'update' as const,
          'update' as const,
          'escalation' as const,
          'elevation' as const,
          'concern' as const,
        ),
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
  // Which escalation it answers is known once the events have ids.
  {
    weight: 3,
    arbitrary: fc
      .record({
        by: fc.constantFrom('nothing' as const, 'request' as const, 'escalation' as const),
        policy: fc.constantFrom(...lawsPolicies.keys()),
        place: fc.nat(9),
      })
      .chain(({ by, policy, place }) => {
        const escalation = `${policy} ${place}`;
        const names = { nothing: {}, request: { request: 'none' }, escalation: { escalation } }[by];
        return answer.map(({ type, data }): Body => ({ type, data: { ...data, ...names } }) as Body);
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
    escalates: fc.option(fc.tuple(gap, gap), { freq: 1 }),
  })
  .map(({ origin, created, plan, assigned, steps, claim, escalates }) => {
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
    // Asked for in its order and with its reason, an escalation is accepted and raised.
    (escalates ?? []).forEach((wait, index) => {
      at += wait;
      const data = index === 0 ? { request: 'update' } : { request: 'escalation', supplied: { reason: 'law' } };
      events.push({ ...head, id: `asks-${index}`, type: 'ticket.request.made', occurredAt: at, data } as TicketEvent);
    });
    steps.forEach(({ gap: step, body: { type, data, asks }, id }, index) => {
      at += step;
      const granted = events.findLast(({ type: earlier }) => earlier === 'ticket.waiver.granted');
      const ends = type === 'ticket.waiver.withdrawn' && granted ? { waiver: granted.id } : {};
      const asked = events.findLast(
        (earlier) => earlier.type === 'ticket.request.made' && earlier.data.request === 'escalation',
      );
      const answers = 'request' in data && data.request === 'none' && asked ? { request: asked.id } : {};
      const claimed = claim !== null && index === 1 ? { ticket: { createdAt: lawsBegin + claim } } : {};
      events.push({
        ...head,
        id: `e${id}-${index}`,
        type,
        occurredAt: at,
        data: { ...data, ...claimed, ...ends, ...answers },
        ...(asks === undefined ? {} : { asks }),
      } as TicketEvent);
    });
    return withNamedEscalations(events);
  });

/** The events with the answers that name an escalation by a policy and a place naming it by the id it has under that policy, raised or not yet. */
function withNamedEscalations(events: readonly TicketEvent[]): TicketEvent[] {
  return events.map((event): TicketEvent => {
    if (event.type !== 'ticket.escalation.acknowledged' && event.type !== 'ticket.escalation.resolved') return event;
    const { escalation, ...data } = event.data;
    if (escalation === undefined) return event;
    const [policy = '', place] = escalation.split(' ');
    const raised = raisedUnder(policy, events);
    const { id } = raised[Number(place) % Math.max(1, raised.length)] ?? { id: 'none' };
    return { ...event, data: { ...data, escalation: id } } as TicketEvent;
  });
}

function raisedUnder(name: string, events: readonly TicketEvent[]): readonly { readonly id: string }[] {
  const policy = lawsPolicies.get(name);
  if (!policy) throw new Error(`no laws' policy '${name}'`);
  const latest = Math.max(...events.map(({ occurredAt }) => occurredAt)) + 86_400_000;
  const horizon = { eventsUpTo: latest, duesBefore: latest };
  const history = { ...decisionsOf(events), events };
  return escalationsOf(foldTicket({ source: 'laws', ticket: 'T-1' }, history, policy, horizon).sayings);
}

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
