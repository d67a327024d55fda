import { parseCloudEvent, toCloudEvent, type TicketEvent } from '@punctual/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { companies } from './companies.js';
import { sampleWeek } from './sample-week.js';
import { trickle } from './trickle.js';

const wednesday = Date.parse('2026-03-11T14:20:00Z');
const instants = fc.integer({ min: Date.parse('2024-01-01T00:00:00Z'), max: Date.parse('2031-01-01T00:00:00Z') });

function perTicket(events: readonly TicketEvent[]): Map<string, TicketEvent[]> {
  return Map.groupBy(events, (event) => `${event.source}/${event.ticket}`);
}

describe('the sample week', () => {
  it('is the same for the same instant and seed, and another for another seed', () => {
    const once = sampleWeek({ now: wednesday, tickets: 200 });
    expect(sampleWeek({ now: wednesday, tickets: 200 })).toEqual(once);
    expect(sampleWeek({ now: wednesday, tickets: 200, seed: 'other' }).events).not.toEqual(once.events);
  });

  it('holds some 2,000 tickets of four companies, each on a policy of its own', () => {
    const week = sampleWeek({ now: wednesday });
    expect(week.tickets).toBeGreaterThan(1_950);
    expect(week.tickets).toBeLessThan(2_050);
    expect(perTicket(week.events).size).toBe(week.tickets);
    expect(new Set(week.events.map((event) => event.source))).toEqual(
      new Set(companies.map((company) => company.source)),
    );
    expect(new Set(companies.map((company) => company.policy)).size).toBe(4);
  });

  it('writes in six languages and uses every kind of event that a helpdesk sends', () => {
    const { events } = sampleWeek({ now: wednesday });
    const languages = new Set(
      events.flatMap((event) => (event.type === 'ticket.created' ? [event.data.language] : [])),
    );
    expect(languages).toEqual(new Set(['en', 'sv', 'de', 'fr', 'es', 'pt']));
    expect([...new Set(events.map((event) => event.type))].sort()).toEqual([
      'ticket.assignment.changed',
      'ticket.created',
      'ticket.deleted',
      'ticket.merged',
      'ticket.message.added',
      'ticket.priority.changed',
      'ticket.request.made',
      'ticket.status.changed',
    ]);
    const categories = new Set(
      events.flatMap((event) => (event.type === 'ticket.status.changed' ? [event.data.status.category] : [])),
    );
    expect(categories).toEqual(new Set(['open', 'waiting_requester', 'waiting_other', 'solved', 'closed']));
  });

  it('leaves no placeholder in a text', () => {
    for (const event of sampleWeek({ now: wednesday }).events)
      expect(JSON.stringify(event.data)).not.toMatch(/\{\w+\}/);
  });

  it('comes during the office days: most tickets on weekdays by day, few at the weekend', () => {
    const created = sampleWeek({ now: wednesday }).events.filter((event) => event.type === 'ticket.created');
    const weekendShare =
      created.filter((event) => [0, 6].includes(new Date(event.occurredAt).getUTCDay())).length / created.length;
    expect(weekendShare).toBeGreaterThan(0);
    expect(weekendShare).toBeLessThan(0.06);
  });

  it('at any now: in order, nothing later, every ticket created first, ids unique, the wire form gives each event back', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const { events } = sampleWeek({ now, tickets: 60 });
        let before = -Infinity;
        const ids = new Set<string>();
        for (const event of events) {
          expect(event.occurredAt).toBeGreaterThanOrEqual(before);
          expect(event.occurredAt).toBeLessThanOrEqual(now);
          before = event.occurredAt;
          ids.add(`${event.source} ${event.id}`);
          expect(parseCloudEvent(JSON.parse(JSON.stringify(toCloudEvent(event))), null)).toEqual({ event });
        }
        expect(ids.size).toBe(events.length);
        for (const story of perTicket(events).values()) expect(story[0]?.type).toBe('ticket.created');
      }),
      { numRuns: 30 },
    );
  });

  it('has unanswered and waiting tickets at any now, also at night', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const tickets = [...perTicket(sampleWeek({ now, tickets: 60 }).events).values()];
        for (const { source } of companies) {
          const own = tickets.filter((story) => story[0]?.source === source);
          const unanswered = own.filter(
            (story) =>
              !story.some((event) => event.data.actor?.role === 'agent' && event.type === 'ticket.message.added'),
          );
          expect(unanswered.length).toBeGreaterThanOrEqual(5);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the trickle', () => {
  it('dates each event as asked, goes on with unfinished tickets and opens new ones, and repeats no id', () => {
    const { events, unfinished } = sampleWeek({ now: wednesday, tickets: 200 });
    const next = trickle({ startedAt: wednesday, unfinished });
    const live = Array.from({ length: 300 }, (_, index) => next(wednesday + (index + 1) * 4_000));
    expect(live.map((event) => event.occurredAt)).toEqual(live.map((_, index) => wednesday + (index + 1) * 4_000));
    expect(new Set([...events, ...live].map((event) => `${event.source} ${event.id}`)).size).toBe(
      events.length + live.length,
    );
    expect(live.filter((event) => event.type === 'ticket.created').length).toBeGreaterThan(50);
    const known = perTicket(events);
    expect(live.filter((event) => known.has(`${event.source}/${event.ticket}`)).length).toBeGreaterThan(100);
    const seen = new Set(events.map((event) => `${event.source}/${event.ticket}`));
    for (const event of live) {
      const ticket = `${event.source}/${event.ticket}`;
      if (!seen.has(ticket)) expect(event.type).toBe('ticket.created');
      seen.add(ticket);
      expect(parseCloudEvent(toCloudEvent(event), null)).toEqual({ event });
    }
  });

  it('is the same for the same start, and has other ids after another start', () => {
    const run = (startedAt: number) => {
      const next = trickle({ startedAt, unfinished: [] });
      return Array.from({ length: 40 }, (_, index) => next(wednesday + index));
    };
    expect(run(wednesday)).toEqual(run(wednesday));
    const ids = new Set(run(wednesday).map((event) => event.id));
    expect(run(wednesday + 1).some((event) => ids.has(event.id))).toBe(false);
  });
});
