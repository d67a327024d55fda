import type { Horizon, TicketEvent } from '@punctual/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { netSayings } from '../publish.js';
import { explainTicket } from '../explain.js';
import type { SurgeInterval } from '../engine-input.js';
import { foldTicket } from '../fold-ticket.js';
import { decisionsOf, history, lawsBegin, surges } from './histories.spec-kit.js';
import { lawsPolicies } from './policies.spec-kit.js';
import { policyUnder, publications, type Under } from './publications.spec-kit.js';
import { Station } from './station.spec-kit.js';

/**
 * SLA-SEMANTICS §9, over generated tickets, calendars, orders, batchings and watermark jumps. `LAWS_RUNS` sets the number of cases,
 * `LAWS_SEED` which ones.
 */
const numRuns = Number(process.env['LAWS_RUNS'] ?? 400);
const lawsSeed = process.env['LAWS_SEED'];
if (lawsSeed !== undefined) fc.configureGlobal({ seed: Number(lawsSeed) });

/** By name, so that a shrunk failure reads well: a policy alone, or publications of several versions. */
const policy = fc.oneof(fc.constantFrom(...lawsPolicies.keys()), publications);
const day = 86_400_000;

const horizonAt = (at: number): Horizon => ({ eventsUpTo: at, duesBefore: at });

function endOf(events: readonly TicketEvent[]): number {
  return events.reduce((latest, { occurredAt }) => Math.max(latest, occurredAt), lawsBegin) + 40 * day;
}

function fromStart(events: readonly TicketEvent[], under: Under, at: number, overrun: readonly SurgeInterval[]) {
  return foldTicket(
    { source: 'laws', ticket: 'T-1' },
    { ...decisionsOf(events), events, surges: overrun },
    policyUnder(under),
    horizonAt(at),
  );
}

/** A state without what only publication adds. */
function stateOf(station: Station | { readonly state: object }): unknown {
  return { ...JSON.parse(JSON.stringify(station.state)), retractions: {} };
}

function netOf(folded: ReturnType<typeof fromStart>): string[] {
  return [...netSayings(folded.sayings)]
    .filter(([, draft]) => draft.type !== 'sla.clock.warning')
    .map(([key, draft]) => `${draft.type} ${draft.promise ?? ''} ${draft.at} ${key}`)
    .sort();
}

describe('the laws of SLA clocks', () => {
  it('1: any permutation, duplication and batching ends in the same state and the same net outcomes', () => {
    fc.assert(
      fc.property(
        policy,
        history.chain((events) =>
          fc.record({
            events: fc.constant(events),
            order: fc.shuffledSubarray(events, { minLength: events.length }),
            twice: fc.subarray(events),
            jumps: fc.array(fc.integer({ min: 0, max: 5 * day }), {
              minLength: events.length,
              maxLength: events.length,
            }),
          }),
        ),
        surges,
        fc.nat(30),
        (under, { events, order, twice, jumps }, overrun, toldAt) => {
          const station = new Station(policyUnder(under));
          let at = lawsBegin;
          [...order, ...twice].forEach((event, index) => {
            station.deliver(event);
            if (index === toldAt) station.surges = overrun;
            at += jumps[index % Math.max(1, jumps.length)] ?? 0;
            if (index % 2 === 0) station.watermark(horizonAt(at));
          });
          const end = Math.max(at, endOf(events));
          station.surges = overrun;
          station.watermark(horizonAt(end));
          if (events.length === 0) return;
          const expected = fromStart(events, under, end, overrun);
          expect(station.netKeys()).toEqual(netOf(expected));
          expect(stateOf(station)).toEqual(stateOf(expected));
        },
      ),
      { numRuns },
    );
  });

  it('2: folding onto a state equals folding from the start, at every prefix', () => {
    fc.assert(
      fc.property(policy, history, surges, (under, events, overrun) => {
        const station = new Station(policyUnder(under), overrun);
        const inOrder = [...events].sort((a, b) => a.occurredAt - b.occurredAt);
        inOrder.forEach((event, index) => {
          station.deliver(event);
          if (inOrder[index + 1]?.occurredAt === event.occurredAt) return;
          station.watermark(horizonAt(event.occurredAt));
          const expected = fromStart(inOrder.slice(0, index + 1), under, event.occurredAt, overrun);
          expect(stateOf(station)).toEqual(stateOf(expected));
          expect(station.netKeys()).toEqual(netOf(expected));
        });
      }),
      { numRuns },
    );
  });

  it('1: publications told at any time end in the same state and the same net outcomes', () => {
    fc.assert(
      fc.property(publications, history, fc.array(fc.nat(16), { maxLength: 4 }), (under, events, tellings) => {
        if (events.length === 0) return;
        const known = (told: number): Under => under.slice(0, told + 1);
        const station = new Station(policyUnder(known(0)));
        const inOrder = [...events].sort((a, b) => a.occurredAt - b.occurredAt);
        inOrder.forEach((event, index) => {
          station.policy = policyUnder(known(tellings.filter((at) => at <= index).length));
          station.deliver(event);
          station.watermark(horizonAt(event.occurredAt));
        });
        station.policy = policyUnder(under);
        const end = endOf(events);
        station.watermark(horizonAt(end));
        const expected = fromStart(events, under, end, []);
        expect(stateOf(station)).toEqual(stateOf(expected));
        expect(station.netKeys()).toEqual(netOf(expected));
      }),
      { numRuns },
    );
  });

  it('a publication to be pinned changes nothing of a ticket created before it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...lawsPolicies.keys()), publications, history, (first, others, events) => {
        if (events.length === 0) return;
        const end = endOf(events);
        const pinned = others.map(({ at, name }) => ({ at: at + 2000 * day, mode: 'pin' as const, name }));
        const under = [{ at: lawsBegin - 30 * day, mode: 'retroactive' as const, name: first }, ...pinned];
        const alone = fromStart(events, first, end, []);
        expect(stateOf(fromStart(events, under, end, []))).toEqual(stateOf(alone));
        expect(netOf(fromStart(events, under, end, []))).toEqual(netOf(alone));
      }),
      { numRuns },
    );
  });

  it('a cycle has at most one standing outcome of each kind, and is never both met and broken', () => {
    fc.assert(
      fc.property(policy, history, surges, (under, events, overrun) => {
        const outcomes = new Map<string, string[]>();
        for (const draft of netSayings(fromStart(events, under, endOf(events), overrun).sayings).values()) {
          if (!/\.(met|completed|cancelled|breached|missed)$/.test(draft.type)) continue;
          const cycle = `${draft.promise} ${draft.cycle}`;
          outcomes.set(cycle, [...(outcomes.get(cycle) ?? []), draft.type]);
        }
        for (const types of outcomes.values()) {
          expect(new Set(types).size).toBe(types.length);
          const broken = types.some((type) => /\.(breached|missed)$/.test(type));
          expect(broken && types.includes('sla.clock.met')).toBe(false);
        }
      }),
      { numRuns },
    );
  });

  it('4: segments tile from start to now and sum to the elapsed time', () => {
    fc.assert(
      fc.property(policy, history, fc.integer({ min: 0, max: 20 * day }), surges, (under, events, after, overrun) => {
        const at = endOf(events) - 40 * day + after;
        const folded = fromStart(events, under, at, overrun);
        for (const { clock, segments } of explainTicket(folded, at)) {
          const end =
            clock.phase === 'running' || clock.phase === 'paused'
              ? Math.max(at, clock.since)
              : (clock.stoppedAt ?? clock.since);
          let reached = clock.startedAt;
          for (const segment of segments) {
            expect(segment.from).toBe(reached);
            expect(segment.to).toBeGreaterThanOrEqual(segment.from);
            if (segment.countedMs < 0) expect(segment.reason).toBe('retargeted');
            reached = segment.to;
          }
          if (segments.length > 0 || clock.startedAt !== end) expect(reached).toBe(end);
          expect(segments.reduce((sum, { countedMs }) => sum + countedMs, 0)).toBe(clock.elapsedMs);
        }
      }),
      { numRuns },
    );
  });

  it('5: replaying the same log gives byte-identical events', () => {
    fc.assert(
      fc.property(
        policy,
        history,
        fc.array(fc.integer({ min: 1, max: 3 * day }), { minLength: 1, maxLength: 8 }),
        surges,
        (under, events, jumps, overrun) => {
          const play = (): string => {
            const station = new Station(policyUnder(under), overrun);
            let at = lawsBegin;
            events.forEach((event, index) => {
              station.deliver(event);
              station.watermark(horizonAt((at += jumps[index % jumps.length] ?? 0)));
            });
            return JSON.stringify(station.published);
          };
          expect(play()).toBe(play());
        },
      ),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  });

  it('6: one jump of the watermark or many steps end in the same outcomes', () => {
    fc.assert(
      fc.property(policy, history, fc.integer({ min: 2, max: 60 }), surges, (under, events, steps, overrun) => {
        if (events.length === 0) return;
        const end = endOf(events);
        const jump = new Station(policyUnder(under), overrun);
        const walk = new Station(policyUnder(under), overrun);
        for (const event of events) {
          jump.deliver(event);
          walk.deliver(event);
        }
        jump.watermark(horizonAt(end));
        for (let step = 1; step <= steps; step++)
          walk.watermark(horizonAt(lawsBegin + Math.round(((end - lawsBegin) * step) / steps)));
        expect(walk.netKeys()).toEqual(jump.netKeys());
        expect(stateOf(walk)).toEqual(stateOf(jump));
      }),
      { numRuns },
    );
  });

  it('where breaches stand, none is retracted by a correction that arrives in its order', () => {
    fc.assert(
      fc.property(history, surges, (events, overrun) => {
        const station = new Station(policyUnder('stand'), overrun);
        const plain = events.map((event) => ({ ...event, data: { ...event.data, ticket: undefined } }) as TicketEvent);
        const inOrder = plain
          .filter(({ type }) => type !== 'ticket.plan.changed')
          .sort((a, b) => a.occurredAt - b.occurredAt);
        inOrder.forEach((event, index) => {
          station.deliver(event);
          if (inOrder[index + 1]?.occurredAt !== event.occurredAt) station.watermark(horizonAt(event.occurredAt));
        });
        const broken = /^sla\.clock\.(breached|missed)$/;
        expect(station.published.filter(({ event }) => broken.test(event.correctedKind ?? ''))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('7: with every delivery inside settle, nothing is retracted for lateness', () => {
    const settle = 5_000;
    fc.assert(
      fc.property(
        policy,
        history,
        fc.array(fc.integer({ min: 0, max: settle - 1 }), { minLength: 17, maxLength: 17 }),
        surges,
        (under, events, delays, overrun) => {
          const plain = events.map(
            (event) => ({ ...event, data: { ...event.data, ticket: undefined } }) as TicketEvent,
          );
          const station = new Station(policyUnder(under), overrun);
          const arrivals = plain
            .map((event, index) => ({ event, at: event.occurredAt + (delays[index] ?? 0) }))
            .sort((a, b) => a.at - b.at);
          for (const { event, at } of arrivals) {
            station.watermark({ eventsUpTo: at - settle - 1, duesBefore: at - settle });
            station.deliver(event);
          }
          station.watermark(horizonAt(endOf(events)));
          expect(station.published.filter(({ event }) => event.reasonCode === 'late_evidence')).toEqual([]);
        },
      ),
      { numRuns },
    );
  });
});
