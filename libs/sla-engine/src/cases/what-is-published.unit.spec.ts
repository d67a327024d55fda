import type { SlaEvent, SlaEventType } from '@punctual/contracts';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toSlaEvent, type Draft, type PublicationContext } from '../draft.js';
import { LiveDesk } from './live-desk.spec-kit.js';
import { instant, story } from './story.spec-kit.js';

/** What every SLA event carries, and what its id is made of (SLA-SEMANTICS §7). */

const minute = 60_000;

/** The desk hears of each line at its instant. The ticket is urgent, and of a customer with plan and tier. */
function play(lines: readonly string[], until: string, policy = 'from-start'): SlaEvent[] {
  const desk = new LiveDesk(policy);
  const [created] = story('09:00 created');
  if (created?.type !== 'ticket.created') throw new Error('a story begins with the creation');
  const whose = { customer: 'acme', plan: 'gold', tier: 'enterprise' };
  desk.hear([{ ...created, data: { ...created.data, ...whose } }, '09:00 was urgent all along'], '09:00');
  for (const line of lines) {
    const at = /^(?:\+\d+d )?[\d:.]+/.exec(line)?.[0] ?? '';
    desk.wait(at);
    desk.hear([line], at);
  }
  desk.wait(until);
  return desk.published;
}

/** The last event of a type about the reply, or about the ticket. */
function the(type: SlaEventType, events: readonly SlaEvent[]): SlaEvent | undefined {
  return events.findLast((event) => event.type === type && (event.promise === 'reply' || event.promise === null));
}

const ofTheReply: Partial<SlaEvent> = {
  ...{ source: 'laws', ticket: 'T-1', customer: 'acme', plan: 'gold', tier: 'enterprise', priority: 'urgent' },
  ...{ policy: 'laws', policyVersion: 'from-start-1', mode: 'live', lateDetection: false, incomplete: false },
  ...{ promise: 'reply', commitment: 'target', target: 'first_response', cycle: 1, cycleKey: '09:00 created' },
  ...{ startedAt: instant('09:00'), corrects: null, correctedKind: null, refusal: null },
};

/** What is said of the ticket itself carries nothing of a clock. */
const ofTheTicket: Partial<SlaEvent> = {
  ...ofTheReply,
  ...{ promise: null, commitment: null, target: null, cycle: null, cycleKey: null, startedAt: null },
  ...{ dueAt: null, elapsedMs: null, remainingMs: null, lateMs: null, lateWallMs: null, threshold: null },
};

interface Row {
  readonly type: SlaEventType;
  readonly when: string;
  readonly lines: readonly string[];
  readonly until: string;
  readonly carries: Partial<SlaEvent>;
}

const counted = (elapsed: number, remaining: number, due: string | null): Partial<SlaEvent> => ({
  elapsedMs: elapsed * minute,
  remainingMs: remaining * minute,
  dueAt: due === null ? null : instant(due),
});

const rows: readonly Row[] = [
  {
    type: 'sla.clock.started',
    when: 'a ticket is created',
    lines: [],
    until: '09:01',
    carries: { ...ofTheReply, ...counted(0, 60, '10:00'), at: instant('09:00'), cause: '09:00 created' },
  },
  {
    type: 'sla.clock.paused',
    when: 'it waits: it is due at no time, and what is counted stays',
    lines: ['09:20 waits for vendor'],
    until: '09:21',
    carries: { ...ofTheReply, ...counted(20, 40, null), at: instant('09:20'), cause: '09:20 waits for vendor' },
  },
  {
    type: 'sla.clock.resumed',
    when: 'the wait is over',
    lines: ['09:20 waits for vendor', '11:00 open'],
    until: '11:01',
    carries: { ...ofTheReply, ...counted(20, 40, '11:40'), at: instant('11:00'), cause: '11:00 open' },
  },
  {
    type: 'sla.clock.retargeted',
    when: 'another priority applies from now on',
    lines: ['09:20 becomes normal'],
    until: '09:21',
    carries: {
      ...{ ...ofTheReply, ...counted(20, 100, '11:00'), priority: 'normal' },
      ...{ at: instant('09:20'), cause: '09:20 becomes normal', reasonCode: 'retargeted' },
    },
  },
  {
    type: 'sla.clock.warning',
    when: 'a threshold is crossed: time is its cause',
    lines: [],
    until: '09:31',
    carries: { ...ofTheReply, ...counted(30, 30, '10:00'), at: instant('09:30'), cause: null, threshold: '50%' },
  },
  {
    type: 'sla.clock.breached',
    when: 'the deadline passes: it is dated there, and time is its cause',
    lines: [],
    until: '10:00:30',
    carries: { ...ofTheReply, ...counted(60, 0, '10:00'), at: instant('10:00'), cause: null, lateMs: null },
  },
  {
    type: 'sla.clock.met',
    when: 'it is kept',
    lines: ['09:40 agent replies'],
    until: '09:41',
    carries: { ...ofTheReply, ...counted(40, 20, '10:00'), at: instant('09:40'), cause: '09:40 agent replies' },
  },
  {
    type: 'sla.clock.completed',
    when: 'it is kept at last: it says how late',
    lines: ['10:30 agent replies'],
    until: '10:31',
    carries: {
      ...{ ...ofTheReply, ...counted(90, 0, '10:00'), at: instant('10:30'), cause: '10:30 agent replies' },
      ...{ lateMs: 30 * minute, lateWallMs: 30 * minute },
    },
  },
  {
    type: 'sla.clock.cancelled',
    when: 'nothing is promised any more: it says which plan, and why',
    lines: ['09:20 moves to a plan without promises'],
    until: '09:21',
    carries: {
      ...{ ...ofTheReply, ...counted(20, 40, null), plan: 'none', at: instant('09:20') },
      ...{ cause: '09:20 moves to a plan without promises', reasonCode: 'plan_without_promise' },
      ...{ reason: 'The plan promises nothing' },
    },
  },
  {
    type: 'sla.clock.retracted',
    when: 'a verdict does not hold: it names what it corrects',
    lines: ['10:30 was normal all along'],
    until: '10:31',
    carries: {
      ...{ ...ofTheReply, ...counted(60, 0, '10:00'), at: instant('10:00'), cause: '10:30 was normal all along' },
      ...{ correctedKind: 'sla.clock.breached', reasonCode: 'corrected', corrects: expect.any(String) as string },
    },
  },
  {
    type: 'sla.escalation.raised',
    when: 'a step is due',
    lines: [],
    until: '11:00:30',
    carries: { ...ofTheReply, ...counted(120, 0, '10:00'), at: instant('11:00'), cause: null, threshold: 'lead' },
  },
  {
    type: 'sla.escalation.withdrawn',
    when: 'the breach it was raised for does not hold',
    lines: ['11:30 was low all along'],
    until: '11:31',
    carries: {
      ...{ ...ofTheReply, at: instant('11:00'), cause: '11:30 was low all along', threshold: 'lead' },
      ...{ correctedKind: 'sla.escalation.raised', reasonCode: 'corrected', corrects: expect.any(String) as string },
    },
  },
  {
    type: 'sla.breach.waived',
    when: 'somebody waives the breach',
    lines: ['10:30 agent replies', '11:00 reply is waived'],
    until: '11:01',
    carries: {
      ...{ ...ofTheReply, ...counted(90, 0, '10:00'), at: instant('11:00'), cause: '11:00 reply is waived' },
      ...{ reason: 'Waived by agent lead-1: The carrier was down' },
    },
  },
  {
    type: 'sla.breach.retracted',
    when: 'the waiver is withdrawn',
    lines: ['10:30 agent replies', '11:00 reply is waived', '11:30 waiver of 11:00 is withdrawn'],
    until: '11:31',
    carries: {
      ...{ ...ofTheReply, at: instant('11:30'), cause: '11:30 waiver of 11:00 is withdrawn' },
      ...{ correctedKind: 'sla.breach.waived', corrects: expect.any(String) as string },
    },
  },
  {
    type: 'sla.ticket.covered',
    when: 'something is promised',
    lines: [],
    until: '09:01',
    carries: { ...ofTheTicket, at: instant('09:00'), cause: '09:00 created' },
  },
  {
    type: 'sla.ticket.not_covered',
    when: 'nothing is promised any more',
    lines: ['09:20 moves to a plan without promises'],
    until: '09:21',
    carries: {
      ...{ ...ofTheTicket, plan: 'none', at: instant('09:20'), cause: '09:20 moves to a plan without promises' },
      ...{ reasonCode: 'plan_without_promise', reason: 'The plan promises nothing' },
    },
  },
  {
    type: 'sla.ticket.retracted',
    when: 'it had moved to another plan before',
    lines: ['09:20 moves to a plan without promises', '09:10 moves to a plan without promises'],
    until: '09:21',
    carries: {
      ...{ ...ofTheTicket, plan: 'none', at: instant('09:20'), cause: '09:10 moves to a plan without promises' },
      ...{ correctedKind: 'sla.ticket.not_covered', corrects: expect.any(String) as string },
    },
  },
  {
    type: 'sla.request.refused',
    when: 'a request lacks something: what, and what to do',
    lines: ['09:10 asks for an update', '09:20 asks for an escalation'],
    until: '09:21',
    carries: {
      ...{ ...ofTheTicket, at: instant('09:20'), cause: '09:20 asks for an escalation' },
      refusal: { what: 'escalation', missing: ['reason'], advice: 'Say why.' },
    },
  },
  {
    type: 'sla.request.retracted',
    when: 'what it lacked had been there',
    lines: ['09:20 asks for an escalation, saying why', '09:10 asks for an update'],
    until: '09:21',
    carries: {
      ...{ ...ofTheTicket, at: instant('09:20'), cause: '09:10 asks for an update' },
      ...{ correctedKind: 'sla.request.refused', reasonCode: 'late_evidence', corrects: expect.any(String) as string },
      refusal: { what: 'escalation', missing: [], advice: 'Ask for an update first.' },
    },
  },
];

describe('what an event carries', () => {
  it.each(rows)('$type, when $when', ({ type, lines, until, carries }) => {
    expect(the(type, play(lines, until))).toMatchObject(carries);
  });

  it('sla.clock.missed carries what a breach does, of an objective', () => {
    const said = play([], '09:30:30');
    const missed = said.find(({ type }) => type === 'sla.clock.missed');
    expect(missed).toMatchObject({
      ...{ ...ofTheReply, promise: 'reply_goal', commitment: 'objective', ...counted(30, 0, '09:30') },
      ...{ at: instant('09:30'), cause: null },
    });
    expect(said.map(({ type, promise }) => `${type} ${promise}`)).not.toContain('sla.clock.breached reply_goal');
  });

  it('the table has a row for each type that is said of a ticket and its clocks', () => {
    const kinds = 'started paused resumed retargeted warning breached missed met completed cancelled retracted';
    const types = [
      ...kinds.split(' ').map((kind) => `sla.clock.${kind}`),
      ...['sla.ticket.covered', 'sla.ticket.not_covered', 'sla.ticket.retracted'],
      ...['sla.escalation.raised', 'sla.escalation.withdrawn', 'sla.breach.waived', 'sla.breach.retracted'],
      ...['sla.request.refused', 'sla.request.retracted'],
    ];
    expect([...rows.map(({ type }) => type), 'sla.clock.missed'].sort()).toEqual(types.sort());
  });

  it('everything says why in one line for people, in words', () => {
    const said = rows.flatMap(({ lines, until }) => play(lines, until));
    expect(said.length).toBeGreaterThan(100);
    for (const { type, reasonCode, reason } of said) {
      expect(reason, `${type} ${reasonCode}`).toMatch(/^[A-Z][^\n{}_]{10,}$/);
    }
  });

  it('a retraction names the event it takes back, which was said before it', () => {
    for (const { lines, until } of rows) {
      const said = play(lines, until);
      for (const [place, { corrects, correctedKind }] of said.entries()) {
        if (corrects === null) continue;
        const corrected = said.slice(0, place).find(({ id }) => id === corrects);
        expect(corrected?.type).toBe(correctedKind);
      }
    }
  });
});

/** As anybody can compute it who reads the event. */
function hashed(parts: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);
}

function contentOf(event: SlaEvent): (string | number | null)[] {
  const { type, source, ticket, promise, target, cycleKey, policyVersion, at, cause, threshold, reasonCode } = event;
  const of = [type, source, ticket, promise, target, cycleKey, policyVersion, at, cause];
  if (promise === null) return [...of, reasonCode];
  return threshold === null ? of : [...of, threshold];
}

describe('the id of an event', () => {
  it('is a hash of its kind, ticket, promise, cycle key, version, instant and cause', () => {
    const said = rows.flatMap(({ lines, until }) => play(lines, until)).filter(({ corrects }) => corrects === null);
    const first = said.filter(({ id }, place) => said.findIndex((event) => event.id === id) === place);
    expect(first.length).toBeGreaterThan(30);
    for (const event of first) expect([hashed(contentOf(event)), event.type]).toEqual([event.id, event.type]);
  });

  it('of a retraction is a hash of what it takes back', () => {
    const taken = the('sla.clock.retracted', play(['10:30 was normal all along'], '10:31'));
    expect(taken?.id).toBe(hashed(['retracts', taken?.corrects ?? '']));
  });

  it('is another where the same was said and taken back before, and says how often', () => {
    const desk = new LiveDesk();
    const hear = (line: string, at: string): void => void desk.hear([line], at);
    hear('09:00 created', '09:00');
    hear('09:00 becomes urgent', '10:30');
    hear('10:31 was normal all along', '10:32');
    hear('10:33 was urgent all along', '10:34');
    hear('10:35 was normal all along', '10:36');
    hear('10:37 was urgent all along', '10:38');
    const breaches = desk.published.filter(({ type, promise }) => type === 'sla.clock.breached' && promise === 'reply');
    const [once, twice, thrice] = breaches;
    if (!once || !twice || !thrice) throw new Error('the reply breaks three times');
    expect(breaches).toHaveLength(3);
    expect([once.id, twice.id, thrice.id]).toEqual([
      hashed(contentOf(once)),
      hashed([once.id, 1]),
      hashed([once.id, 2]),
    ]);
  });

  it('does not depend on when it was found, nor on who listens', () => {
    const found = (until: string): (string | undefined)[] => [
      the('sla.clock.breached', play([], until))?.id,
      the('sla.clock.started', play([], until))?.id,
    ];
    expect(found('10:00:30')).toEqual(found('+3d 09:00'));
  });
});

describe('mode and late detection', () => {
  const draft = draftAt(instant('10:00'));
  const context: PublicationContext = {
    ...{ source: 'laws', ticket: 'T-1', policy: 'laws' },
    ...{ detectedAt: instant('10:00:01'), noticedAt: instant('10:00:01'), mode: 'live' },
  };
  it.each([
    ['found within the minute', '10:01', 'live', false],
    ['found more than a minute after its instant', '10:01:00.001', 'live', true],
    ['told as history', '11:00', 'historical', false],
  ] as const)('a breach %s', (_what, noticed, mode, lateDetection) => {
    const said = toSlaEvent(draft, 'id', { ...context, noticedAt: instant(noticed), mode }, {});
    expect(said).toMatchObject({ mode, lateDetection, at: instant('10:00'), detectedAt: instant('10:00:01') });
  });
});

function draftAt(at: number): Draft {
  const nothing = { startedAt: null, dueAt: at, elapsedMs: null, remainingMs: null, lateMs: null, lateWallMs: null };
  return {
    ...{ type: 'sla.clock.breached', promise: 'reply', commitment: 'target', target: 'first_response', cycle: 1 },
    ...{ cycleKey: 'created', priority: null, policyVersion: 'v', at, ...nothing, cause: null, key: 'key' },
    ...{ reasonCode: 'deadline_passed', reason: 'late', threshold: null, refusal: null, escalation: null },
    attributes: { customer: null, plan: null, tier: null },
  };
}
