import 'reflect-metadata';
import type { SlaEvent } from '@punctual/contracts';
import type { Intake } from '@punctual/intake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'desk';
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');
const rules = `
surge:
  workload: { above: 2, clears: 1.5, usual: 4, minimumTickets: 5 }
  away: { above: 0.3, clears: 0.2 }
  suspends: [objective]
priorityShares:
  - { name: Few P1, priorities: [P1], above: 0.5, clears: 0.3, window: 1d, minimumTickets: 4 }
`;

let pipeline: Pipeline;
let intake: Intake;
let minute = 0;
let tickets = 0;

beforeAll(async () => {
  pipeline = await Pipeline.start({ policy: rules });
  intake = await pipeline.startIntake();
});
afterAll(() => pipeline.stop());

/** Lets a minute pass: a watermark, and with it what is declared. */
async function pass(minutes = 1): Promise<void> {
  minute += minutes;
  await pipeline.reach(intake, start + minute * MINUTE);
}

/** A minute passes, desks are measured, and another passes with what was decided. */
async function measure(minutes = 1): Promise<void> {
  await pass(minutes);
  expect(await pipeline.slaClock?.measureDesks()).toBe('measured');
  await pass();
}

async function create(count: number, priority: 'urgent' | 'normal'): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    tickets += 1;
    await pipeline.send(ticketEvents(SOURCE, `D-${tickets}`, start).created(minute, { priority }));
  }
}

async function said(kind: 'surge' | 'share'): Promise<SlaEvent[]> {
  const events = (await pipeline.published()).filter(({ type }) => type.startsWith(`sla.${kind}.`));
  return events.toSorted((a, b) => a.at - b.at);
}

async function atIntake(method: string, path: string, body?: object) {
  const answer = await fetch(`${intake.url}/v1/policies/acme/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function metric(series: RegExp): Promise<string | undefined> {
  const text = await (await fetch(`${pipeline.url}/metrics`)).text();
  return text.split('\n').find((line) => series.test(line));
}

describe('a desk that is measured', () => {
  it('raises the alarm of a share above its threshold, with the figures, once', async () => {
    await create(3, 'urgent');
    await create(1, 'normal');
    await measure();
    await measure();
    expect(await said('share')).toMatchObject([
      {
        ...{ type: 'sla.share.raised', policy: 'acme', source: '', ticket: '', at: start + MINUTE, mode: 'live' },
        reason: '3 of 4 tickets were P1; the alarm is raised above 50 %',
        desk: { share: 'Few P1', by: null, figures: { concerned: 3, all: 4 } },
      },
    ]);
    expect(await metric(/^punctual_share_alarm\{.*share="Few P1"/)).toMatch(/ 1$/);
    expect(await metric(/^punctual_priority_share\{.*share="Few P1"/)).toMatch(/ 0\.75$/);
  });

  it('begins a surge when more wait than the policy allows, dated to the instant of the decision', async () => {
    expect(await said('surge')).toEqual([]);
    await create(5, 'normal');
    await measure();
    const [begun, ...more] = await said('surge');
    expect(more).toEqual([]);
    expect(begun).toMatchObject({
      ...{ type: 'sla.surge.started', at: start + (minute - 1) * MINUTE, reasonCode: 'surge', lateDetection: false },
      reason: '9 tickets wait, usually 4; a surge begins above 2 times the usual',
      desk: { share: null, by: null, figures: { waiting: 9, usual: 4, team: null, away: null } },
    });
    const { body } = await pipeline.get('/v1/policies/acme/desk');
    expect(body).toMatchObject({
      figures: { waiting: 9, usual: 4 },
      surge: { reason: begun?.reason },
      shares: [{ share: 'Few P1', concerned: 3, all: 9, alarm: { since: '2026-03-02T12:01:00.000Z' } }],
    });
    expect(await metric(/^punctual_surge\{/)).toMatch(/ 1$/);
    expect(await metric(/^punctual_desk_waiting_tickets\{.*present/)).toMatch(/ 9$/);
  });

  it('clears the alarm at what clears it, and not between the two', async () => {
    expect(await said('share')).toHaveLength(1);
    await create(2, 'normal');
    await measure();
    expect((await said('share')).slice(1)).toMatchObject([
      {
        ...{ type: 'sla.share.cleared', startedAt: start + MINUTE, reasonCode: 'share_over' },
        desk: { share: 'Few P1', figures: { concerned: 3, all: 11 } },
      },
    ]);
    expect(await metric(/^punctual_share_alarm\{/)).toMatch(/ 0$/);
  });

  it('ends the surge when the desk has come down and it has lasted, and not before', async () => {
    for (let ticket = 1; ticket <= 5; ticket += 1) {
      await pipeline.send(ticketEvents(SOURCE, `D-${ticket}`, start).status(minute, 'solved'));
    }
    await measure();
    expect(await said('surge')).toHaveLength(1);
    await measure(30);
    expect((await said('surge')).slice(1)).toMatchObject([
      { type: 'sla.surge.ended', reason: '6 tickets wait, usually 4; nobody was declared away' },
    ]);
  });

  it('is decided by one instance', async () => {
    await pipeline.besideAnother(async (another) => {
      await pass();
      expect(await another.measureDesks()).toBe('standing_by');
      expect(await pipeline.slaClock?.measureDesks()).toBe('measured');
      expect(await pipeline.slaClock?.measureDesks()).toBe('no_new_time');
    });
  });

  it('says nothing by figures of the past', async () => {
    pipeline.clock.advance(3 * MINUTE);
    expect(await pipeline.slaClock?.measureDesks()).toBe('behind');
    pipeline.clock.advance(-3 * MINUTE);
  });
});

describe('people', () => {
  it('say who is away, and more than the policy allows begin a surge', async () => {
    expect(await atIntake('GET', 'staffing')).toMatchObject({ status: 404, body: { code: 'no_staffing' } });
    const figure = { team: 10, away: 4, who: 'Mia' };
    expect(await atIntake('PUT', 'staffing', figure)).toMatchObject({ status: 200, body: figure });
    expect(await atIntake('GET', 'staffing')).toMatchObject({ status: 200, body: { policy: 'acme', ...figure } });
    await measure();
    expect((await said('surge')).slice(2)).toMatchObject([
      { reason: '4 of 10 people are away; a surge begins above 30 %', desk: { figures: { team: 10, away: 4 } } },
    ]);
  });

  it('may end a surge against the figures, which begin none before they have been calm', async () => {
    const word = { state: 'ended', who: 'Mia', reason: 'the others manage' };
    expect(await atIntake('POST', 'surges', word)).toMatchObject({ status: 201 });
    await measure();
    expect((await said('surge')).slice(3)).toMatchObject([
      { type: 'sla.surge.ended', desk: { by: 'Mia', figures: null } },
    ]);
    await atIntake('PUT', 'staffing', { team: 10, away: 1, who: 'Mia' });
    await measure();
    await atIntake('PUT', 'staffing', { team: 10, away: 5, who: 'Mia' });
    await measure();
    expect((await said('surge')).slice(4)).toMatchObject([
      { type: 'sla.surge.started', desk: { figures: { away: 5 } } },
    ]);
  });
});

describe('the log', () => {
  it('says the same of desks when it is read again, by whatever figures then', async () => {
    const again = await Pipeline.start({ policy: rules });
    try {
      await pipeline.replayInto(again);
      await pipeline.walked();
      await again.walked(start + minute * MINUTE);
      const ids = (events: readonly SlaEvent[]) =>
        events.flatMap(({ type, id }) => (type === 'sla.clock.warning' ? [] : [id])).sort();
      expect(ids(await again.published())).toEqual(ids(await pipeline.published()));
      expect(await again.get('/v1/queue?policy=acme')).toMatchObject({
        body: { surge: { reason: expect.stringContaining('5 of 10') as unknown } },
      });
    } finally {
      await again.stop();
    }
  });
});
