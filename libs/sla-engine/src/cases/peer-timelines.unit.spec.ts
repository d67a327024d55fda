import type { StatusCategory, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { compileCalendar, type CalendarDefinition } from '@punctual/working-time';
import { describe, expect, it } from 'vitest';
import type { ClockView } from '../clock-view.js';
import { foldTicket } from '../fold-ticket.js';
import { decisionsOf } from '../laws/histories.spec-kit.js';
import { compile, type Cell } from '../laws/policies.spec-kit.js';

/**
 * Facts from the tests of other helpdesks' own engines: what was opened, paused and closed when, and what they expect of it. Only what
 * is not a convention of the one product alone.
 */

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

function weekly(ranges: readonly string[], days: readonly string[] = weekdays): CalendarDefinition {
  return { name: 'peer', zone: 'Europe/Berlin', weekly: Object.fromEntries(days.map((day) => [day, [...ranges]])) };
}

function peerPolicy(
  calendar: CalendarDefinition,
  minutes: Readonly<Record<string, number>>,
  stepOffsetMs?: number,
): CompiledPolicy {
  const promises: Cell = Object.fromEntries(
    Object.entries(minutes).map(([promise, value]) => [promise, { hours: value / 60, calendar: 'peer' }]),
  );
  return compile({
    id: 'peer',
    retarget: 'fromStart',
    reopen: 'resume',
    fromCreation: false,
    calendars: { peer: compileCalendar(calendar) },
    pauses: ({ category }) => category === 'waiting_other',
    escalations:
      stepOffsetMs === undefined ? [] : [{ name: 'level', anchor: 'due', offsetMs: stepOffsetMs, recipients: [] }],
    cells: { normal: promises, other: {} },
  });
}

type Line = readonly [at: string, what: 'created' | 'customer' | 'agent' | 'paused' | 'open' | 'closed' | 'unmatched'];

const categories: Readonly<Record<string, StatusCategory>> = {
  paused: 'waiting_other',
  open: 'open',
  closed: 'solved',
};

function toEvents(lines: readonly Line[]): TicketEvent[] {
  return lines.map(([at, what], index) => {
    const head = {
      id: `e${index}`,
      source: 'peer',
      ticket: '1',
      receivedAt: null,
      sequence: index,
      occurredAt: Date.parse(at),
    };
    const category = categories[what];
    if (category) return { ...head, type: 'ticket.status.changed', data: { status: { name: what, category } } };
    if (what === 'created') return { ...head, type: 'ticket.created', data: { origin: 'requester' } };
    if (what === 'unmatched')
      return { ...head, type: 'ticket.priority.changed', data: { priority: 'other', kind: 'change' } };
    const role = what === 'customer' ? 'requester' : 'agent';
    return { ...head, type: 'ticket.message.added', data: { actor: { role }, visibility: 'public', autoReply: false } };
  });
}

/** The clocks of a history just after its last line, by promise (the latest cycle). */
function clocksOf(
  policy: CompiledPolicy,
  ...lines: readonly Line[]
): { clocks: Map<string, ClockView>; policy: CompiledPolicy } {
  const events = toEvents(lines);
  const at = Math.max(...events.map(({ occurredAt }) => occurredAt));
  const history = { ...decisionsOf(events), events };
  const folded = foldTicket({ source: 'peer', ticket: '1' }, history, policy, { eventsUpTo: at, duesBefore: at });
  return { clocks: new Map(folded.clocks.map((clock) => [clock.promise, clock])), policy };
}

const iso = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString().replace('.000', '');

describe('Zammad', () => {
  const office = weekly(['08:00-18:00']);
  const minutes = { reply: 60, next: 120, fixed: 180 };

  it('counts a first response and a solution from creation', () => {
    const { clocks } = clocksOf(peerPolicy(office, minutes), ['2013-03-21T09:30:00Z', 'created']);
    expect(iso(clocks.get('reply')?.dueAt)).toBe('2013-03-21T10:30:00Z');
    expect(iso(clocks.get('fixed')?.dueAt)).toBe('2013-03-21T12:30:00Z');
  });

  it.each([
    ['reply', 'agent', '2013-03-21T10:00:00Z', 30, 30],
    ['reply', 'agent', '2013-03-21T14:00:00Z', 270, -210],
    ['fixed', 'closed', '2013-03-21T11:30:00Z', 120, 60],
    ['fixed', 'closed', '2013-03-21T13:00:00Z', 210, -30],
  ] as const)('%s stopped by %s at %s took %i minutes, margin %i', (promise, what, at, elapsed, margin) => {
    const clock = clocksOf(peerPolicy(office, minutes), ['2013-03-21T09:30:00Z', 'created'], [at, what]).clocks.get(
      promise,
    );
    expect(clock && clock.elapsedMs / 60_000).toBe(elapsed);
    expect(clock && (clock.lateMs === null ? (clock.remainingMs ?? 0) : -clock.lateMs) / 60_000).toBe(margin);
  });

  it('restarts the update clock with the unanswered message, and clears it with the answer', () => {
    const lines: Line[] = [
      ['2013-03-21T09:30:00Z', 'created'],
      ['2013-03-21T12:00:00Z', 'agent'],
      ['2013-03-21T12:05:00Z', 'customer'],
    ];
    expect(iso(clocksOf(peerPolicy(office, minutes), ...lines).clocks.get('next')?.dueAt)).toBe('2013-03-21T14:05:00Z');
    const answered = clocksOf(peerPolicy(office, minutes), ...lines, ['2013-03-21T12:10:00Z', 'agent']);
    expect(answered.clocks.get('next')?.outcome).toBe('met');
  });

  it('removes every due date when the promise no longer applies', () => {
    const policy = peerPolicy(weekly(['09:00-17:00']), { reply: 60, fixed: 240 });
    const created: Line = ['2013-03-21T09:30:00Z', 'created'];
    const before = clocksOf(policy, created).clocks;
    expect([iso(before.get('reply')?.dueAt), iso(before.get('fixed')?.dueAt)]).toEqual([
      '2013-03-21T10:30:00Z',
      '2013-03-21T13:30:00Z',
    ]);
    const after = clocksOf(policy, created, ['2013-03-21T09:40:00Z', 'unmatched']).clocks;
    expect([...after.values()].map(({ outcome, dueAt }) => [outcome, dueAt])).toEqual([
      ['cancelled', null],
      ['cancelled', null],
    ]);
  });

  it('counts neither the pending nor the closed time of a reopened ticket', () => {
    const { clocks } = clocksOf(
      peerPolicy(weekly(['09:00-18:00'], [...weekdays, 'sat', 'sun']), { reply: 120 }),
      ['2013-06-04T09:00:00Z', 'created'],
      ['2013-06-04T09:30:00Z', 'paused'],
      ['2013-06-04T09:45:00Z', 'open'],
      ['2013-06-04T10:00:00Z', 'closed'],
      ['2013-06-04T10:30:00Z', 'open'],
    );
    expect(iso(clocks.get('reply')?.dueAt)).toBe('2013-06-04T11:45:00Z');
  });
});

describe('GLPI', () => {
  const hours: CalendarDefinition = {
    name: 'peer',
    zone: 'Etc/UTC',
    weekly: {
      mon: ['10:30-19:00'],
      tue: ['08:30-19:00'],
      wed: ['08:30-19:00'],
      thu: ['08:30-19:00'],
      fri: ['08:30-19:00'],
    },
  };

  /** When the escalation level is reached, if nothing more happens. */
  function levelAt(policy: CompiledPolicy, lines: readonly Line[]): string | null {
    const events = toEvents(lines);
    const at = Date.parse('2034-06-20T00:00:00Z');
    const folded = foldTicket({ source: 'peer', ticket: '1' }, { ...decisionsOf(events), events }, policy, {
      eventsUpTo: at,
      duesBefore: at,
    });
    const raised = folded.sayings.find(
      (saying) => saying.kind === 'says' && saying.draft.type === 'sla.escalation.raised',
    );
    return iso(raised?.draft.at);
  }

  it('moves the time to resolve by every working pause, and the level before it', () => {
    const lines: Line[] = [
      ['2034-06-09T08:46:12Z', 'created'],
      ['2034-06-09T08:47:42Z', 'paused'],
      ['2034-06-09T10:05:54Z', 'open'],
      ['2034-06-09T10:09:13Z', 'paused'],
      ['2034-06-09T10:34:38Z', 'open'],
      ['2034-06-09T10:43:41Z', 'paused'],
      ['2034-06-09T11:29:17Z', 'open'],
    ];
    const policy = peerPolicy(hours, { fixed: 30 }, -300_000);
    expect(iso(clocksOf(policy, ...lines).clocks.get('fixed')?.dueAt)).toBe('2034-06-09T11:45:25Z');
    expect(levelAt(policy, lines)).toBe('2034-06-09T11:40:25Z');
  });

  it('counts a level after the deadline in working hours, over the weekend', () => {
    const lines: Line[] = [
      ['2034-06-09T08:46:12Z', 'created'],
      ['2034-06-09T09:15:27Z', 'paused'],
      ['2034-06-09T11:23:49Z', 'open'],
    ];
    const policy = peerPolicy(hours, { fixed: 240 }, 36_000_000);
    expect(iso(clocksOf(policy, ...lines).clocks.get('fixed')?.dueAt)).toBe('2034-06-09T14:54:34Z');
    expect(levelAt(policy, lines)).toBe('2034-06-12T16:24:34Z');
  });
});

describe('Frappe', () => {
  it('a ticket of a Saturday counts from Monday, and a deadline at closing time stays there', () => {
    const office: CalendarDefinition = { ...weekly(['10:00-18:00']), zone: 'Etc/UTC' } as CalendarDefinition;
    const { clocks } = clocksOf(peerPolicy(office, { reply: 1440, fixed: 4320 }), ['2025-06-07T15:00:00Z', 'created']);
    expect(iso(clocks.get('reply')?.dueAt)).toBe('2025-06-11T18:00:00Z');
    expect(iso(clocks.get('fixed')?.dueAt)).toBe('2025-06-19T18:00:00Z');
  });
});
