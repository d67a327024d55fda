import { describe, expect, it } from 'vitest';
import type { ComplaintKind } from './complaint.js';
import { honestLog, type WritableLog } from './honest-log.spec-kit.js';
import { Judge } from './judge.js';
import { Random } from './random.js';
import { story, type Delivery } from './ticket-load.js';

const start = Date.parse('2026-03-02T09:00:00Z');
const end = start + 20_000;
const random = new Random(1);

/** Tickets whose events are acknowledged `delayMs` after they happened. */
function tickets(count: number, delayMs: (index: number) => number): Map<string, Delivery[]> {
  return new Map(
    Array.from({ length: count }, (_, number) => {
      const events = story(`T-${number}`, start + 100 * number, random);
      const deliveries = events.map((event, index) => ({
        ...{ event, attempts: 1 },
        acknowledgedAt: event.occurredAt + delayMs(index),
      }));
      return [`T-${number}`, deliveries] as const;
    }),
  );
}

describe('an honest log', () => {
  it('of tickets in time is not complained of, though agents correct priorities', () => {
    const timely = tickets(25, () => 30);
    const verdict = new Judge(timely, end).verdict(honestLog(timely, start, end));
    expect(verdict.complaints).toEqual([]);
    expect(verdict).toMatchObject({ tickets: 25, lateTickets: 0 });
    expect(verdict.retractions).toBeGreaterThan(0);
    expect(verdict.events).toBeGreaterThan(100);
  });

  it('of tickets that came late, and had things taken back, is not complained of', () => {
    const late = tickets(25, (index) => (index % 2 === 1 ? 6_000 : 30));
    const verdict = new Judge(late, end).verdict(honestLog(late, start, end));
    expect(verdict.complaints).toEqual([]);
    expect(verdict.lateTickets).toBeGreaterThan(12);
    expect(verdict.retractions).toBeGreaterThan(12);
  });

  it('of a watermark that lands behind later ones is not complained of, for time does not go back', () => {
    const late = tickets(25, (index) => (index % 2 === 1 ? 6_000 : 30));
    const log = honestLog(late, start, end);
    for (const [index, { partition, offset, value }] of [...log.received.entries()].reverse()) {
      if (index % 40 === 0 && value.kind === 'watermark')
        log.received.splice(index, 0, { partition, offset, value: { ...value, at: value.at - 3_001 } });
    }
    expect(log.received.length).toBeGreaterThan(honestLog(late, start, end).received.length);
    expect(new Judge(late, end).verdict(log).complaints).toEqual([]);
  });
});

const timely = tickets(20, () => 30);
const honest = honestLog(timely, start, end);

describe('a log that is not honest is complained of, where', () => {
  const first = (type: string) => {
    const found = honest.said.findIndex(({ value }) => value.type === type);
    if (found === -1) throw new Error(`no ${type}`);
    return found;
  };
  const firstEvent = honest.received.findIndex(({ value }) => value.kind === 'event');
  const firstWatermark = honest.received.findIndex(({ value }) => value.kind === 'watermark');
  const later = <Heard extends { readonly offset: number }>(heard: Heard): Heard => ({ ...heard, offset: 1_000_000 });

  it.each<[name: string, falsify: (log: WritableLog) => void, kind: ComplaintKind]>([
    ['a breach was lost', ({ said }) => said.splice(first('sla.clock.breached'), 1), 'lost'],
    ['a beginning was lost', ({ said }) => said.splice(first('sla.clock.started'), 1), 'lost'],
    ['an outcome stands twice', ({ said }) => said.push(later(said[first('sla.clock.met')] as never)), 'twice'],
    ['a warning stands twice', ({ said }) => said.push(later(said[first('sla.clock.warning')] as never)), 'twice'],
    [
      'an outcome stands twice under two ids',
      ({ said }) => said.push(later(changed(said[first('sla.clock.met')], { id: 'other' }))),
      'twice',
    ],
    ['a breach is dated otherwise', ({ said }) => replace(said, first('sla.clock.breached'), { at: start }), 'false'],
    ['an elapsed time is another', ({ said }) => replace(said, first('sla.clock.met'), { elapsedMs: 1 }), 'false'],
    ['a ticket that nobody made is spoken of', ({ said }) => replace(said, 0, { ticket: 'T-900' }), 'false'],
    ['something is said before its time', ({ said }) => replace(said, 0, { detectedAt: start - 1 }), 'false'],
    ['what is live is called history', ({ said }) => replace(said, 0, { mode: 'historical' }), 'false'],
    [
      'a ticket changes its partition',
      ({ said }) => {
        const [one] = said;
        if (one !== undefined) said[0] = { ...one, partition: (one.partition + 1) % 4 };
      },
      'order',
    ],
    [
      'what is said last stands first',
      ({ said }) => {
        const ticket = uncorrectedTicket();
        const own = said.filter(({ value }) => value.ticket === ticket);
        const last = own.at(-1);
        if (last !== undefined) said[said.indexOf(last)] = { ...last, offset: 0 };
      },
      'order',
    ],
    [
      'what is found at once stands in another order than the engine’s',
      ({ said }) => {
        const ticket = uncorrectedTicket();
        const [one, two] = said.filter(({ value }) => value.ticket === ticket);
        if (one === undefined || two?.value.detectedAt !== one.value.detectedAt) throw new Error('no such two');
        said[said.indexOf(one)] = { ...one, offset: two.offset };
        said[said.indexOf(two)] = { ...two, offset: one.offset };
      },
      'order',
    ],
    [
      'a breach is taken back and said again, although all came in time',
      ({ said }) => {
        const breach = said[first('sla.clock.breached')];
        const back = { id: 'back', type: 'sla.clock.retracted', corrects: breach?.value.id, cause: null };
        said.push(later(changed(breach, back)), { ...later(changed(breach, { id: 'again' })), offset: 1_000_001 });
      },
      'retracted',
    ],
    ['an acknowledged event is not there', ({ received }) => received.splice(firstEvent, 1), 'lost'],
    [
      'an event stands twice that was sent once',
      ({ received }) => received.push(received[firstEvent] as never),
      'twice',
    ],
    [
      'a watermark stands twice',
      ({ received }) => received.splice(firstWatermark, 0, received[firstWatermark] as never),
      'twice',
    ],
    [
      'time overtakes an event that was acknowledged',
      ({ received }) => received.push(...received.splice(firstEvent, 1)),
      'overtaken',
    ],
    ['an event was not passed on', ({ classified }) => classified.splice(3, 1), 'lost'],
    ['an event was passed on twice', ({ classified }) => classified.push(classified[3] as never), 'twice'],
    ['events were passed on in another order', ({ classified }) => classified.reverse(), 'order'],
    [
      'there is a dead letter',
      ({ deadLetters }) => deadLetters.push(later({ partition: 0, offset: 0, value: {} })),
      'dead_letter',
    ],
  ])('%s', (_name, falsify, kind) => {
    const log = {
      ...honest,
      said: [...honest.said],
      received: [...honest.received],
      classified: [...honest.classified],
    };
    log.deadLetters = [];
    falsify(log);
    const { complaints } = new Judge(timely, end).verdict(log);
    expect(complaints.map((complaint) => complaint.kind)).toContain(kind);
  });
});

/** One of which much is said and no priority corrected. */
function uncorrectedTicket(): string {
  const found = [...timely].find(([, sent]) => sent.every(({ event }) => event.type !== 'ticket.priority.changed'));
  if (found === undefined) throw new Error('every ticket is corrected');
  return found[0];
}

function replace(said: WritableLog['said'], index: number, change: object): void {
  said[index] = changed(said[index], change);
}

function changed(heard: WritableLog['said'][number] | undefined, change: object): WritableLog['said'][number] {
  if (heard === undefined) throw new Error('nothing to change');
  return { ...heard, value: { ...heard.value, ...change } };
}
