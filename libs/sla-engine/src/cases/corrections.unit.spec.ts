import type { SlaEvent, TicketEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { compile } from '../laws/policies.spec-kit.js';
import { LiveDesk } from './live-desk.spec-kit.js';
import { instant, story } from './story.spec-kit.js';

/** What is published when it turns out what was true of a ticket all along (SLA-SEMANTICS §5, §7). */

const retractions = (events: readonly SlaEvent[]): string[] =>
  events.flatMap(({ corrects, correctedKind, promise, reasonCode, cause }) =>
    corrects === null ? [] : [`${promise ?? 'ticket'} ${correctedKind} ${reasonCode} ${cause}`],
  );
const retargeted = (events: readonly SlaEvent[]): string[] =>
  events.flatMap(({ type, promise, reasonCode, dueAt }) =>
    type === 'sla.clock.retargeted' ? [`${promise} ${reasonCode} ${dueAt === null ? 'not due' : dueAt}`] : [],
  );

/** A plan that was another from the start. */
function planWasAllAlong(plan: string, line: string): TicketEvent {
  const [event] = story(line);
  if (!event) throw new Error(`no such line: '${line}'`);
  return { ...event, type: 'ticket.plan.changed', data: { plan, kind: 'correction' } };
}

describe('what a correction takes back', () => {
  it('is taken back because of the correction, not because something arrived late', () => {
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:01 becomes urgent'], '10:30');
    const said = retractions(desk.hear(['10:31 was normal all along'], '10:32'));
    expect(said).toContain('reply sla.clock.breached corrected 10:31 was normal all along');
    expect(said.filter((line) => line.includes('late_evidence'))).toEqual([]);
  });

  it('says so of a plan too', () => {
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:01 becomes urgent'], '10:30');
    const said = retractions(desk.hear([planWasAllAlong('none', '10:31 open')], '10:32'));
    expect(said).toContain('reply sla.clock.breached corrected 10:31 open');
    expect(said).toContain('ticket sla.ticket.covered corrected 10:31 open');
  });

  it('an event that belongs before what was folded is late evidence, also where a correction comes with it', () => {
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:01 becomes urgent'], '10:30');
    expect(retractions(desk.hear(['09:50 agent replies'], '10:31'))).toContain(
      'reply sla.clock.breached late_evidence 09:50 agent replies',
    );
    const both = retractions(desk.hear(['09:40 agent replies', '10:32 was normal all along'], '10:33'));
    expect(both.length).toBeGreaterThan(0);
    for (const line of both) expect(line).toMatch(/ late_evidence null$/);
  });

  it('a correction that itself arrives late is late evidence', () => {
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:01 becomes urgent'], '10:30');
    expect(retractions(desk.hear(['09:30 was normal all along'], '10:31'))).toContain(
      'reply sla.clock.breached late_evidence 09:30 was normal all along',
    );
  });
});

describe('a clock that a correction puts under other terms', () => {
  it('says so where the priority was another', () => {
    const desk = new LiveDesk();
    desk.hear(['09:00 created', '09:01 becomes urgent'], '09:10');
    const said = retargeted(desk.hear(['09:11 was normal all along'], '09:12'));
    expect(said).toContain(`reply corrected ${instant('11:00')}`);
  });

  it('says so where the plan was another, and only of what the plan changes', () => {
    const cell = { reply: { hours: 1, calendar: 'always' }, taken: { hours: 1, calendar: 'always' } };
    const policy = compile({
      id: 'plans',
      retarget: 'fromStart',
      reopen: 'resume',
      fromCreation: false,
      cells: { normal: cell },
      plans: { gold: { reply: { hours: 0.5, calendar: 'always' } } },
    });
    const desk = new LiveDesk(policy);
    const [created] = story('09:00 created');
    if (created?.type !== 'ticket.created') throw new Error('a story begins with the creation');
    desk.hear([{ ...created, data: { ...created.data, plan: 'silver' } }], '09:10');
    const said = desk.hear([planWasAllAlong('gold', '09:11 open')], '09:12');
    expect(retargeted(said)).toEqual([`reply corrected ${instant('09:30')}`]);
    expect(said.map(({ cause }) => cause)).toEqual(['09:11 open']);
  });
});
