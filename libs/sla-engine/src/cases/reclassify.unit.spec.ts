import { describe, expect, it } from 'vitest';
import { attainment } from '../attainment.js';
import { lawsPolicies } from '../laws/policies.spec-kit.js';
import { Station } from '../laws/station.spec-kit.js';
import { instant, story, tell } from './story.spec-kit.js';

/** What becomes of a breach under a priority that is corrected afterwards (`onReclassify`, SLA-SEMANTICS §5). */

const stand = { policy: 'stand' };
const corrected = ['09:00 created', '10:30 was low all along', '10:45 agent replies'] as const;

describe('onReclassify: retract', () => {
  it('takes a breach back that existed only under the wrong priority', () => {
    expect(tell(story(...corrected), '18:00').said('sla.clock.breached')).not.toContain('reply 10:00');
  });
});

describe('onReclassify: stand', () => {
  it('keeps a breach that the wrong priority had brought about before the correction', () => {
    const told = tell(story(...corrected), '18:00', stand);
    expect(told.clock('reply')).toBe('breached 10:00');
    expect(told.said('sla.clock.breached')).toContain('reply 10:00');
    const row = attainment(told.folded.clocks).find(
      ({ target, commitment }) => `${target} ${commitment}` === 'first_response target',
    );
    expect(row).toMatchObject({ priority: 'urgent', breached: 1, kept: 0 });
  });

  it('keeps it too where the corrected priority promises nothing of the kind: the clock ends at the correction', () => {
    const told = tell(story(...corrected), '18:00', stand);
    expect(told.clock('taken')).toBe('breached 09:30');
    expect(told.said('sla.clock.cancelled')).toContain('taken 10:30');
    expect(tell(story(...corrected), '18:00').clock('taken')).toBeUndefined();
  });

  it('keeps a breach whose reply had come before the correction', () => {
    const told = tell(story('09:00 created', '10:15 agent replies', '10:30 was low all along'), '18:00', stand);
    expect(told.clock('reply')).toBe('breached 10:00');
    expect(told.said('sla.clock.completed')).toContain('reply 10:15');
    expect(told.said('sla.clock.met')).not.toContain('reply 10:15');
  });

  it('judges what was not broken by then under the corrected priority', () => {
    const told = tell(story('09:00 created', '09:40 was low all along', '10:45 agent replies'), '18:00', stand);
    expect(told.clock('reply')).toBe('met 10:45');
    expect(told.clock('reply_goal')).toBe('missed 09:30');
  });

  it('a correction at the deadline comes before the breach', () => {
    const told = tell(story('09:00 created', '10:00 was low all along', '10:45 agent replies'), '18:00', stand);
    expect(told.clock('reply')).toBe('met 10:45');
  });

  it('keeps a breach through later corrections', () => {
    const told = tell(story(...corrected, '12:00 was normal all along'), '18:00', stand);
    expect(told.clock('reply')).toBe('breached 10:00');
  });

  it('retracts no breach when the correction arrives', () => {
    const said = breachesThrough('09:00 created', '09:01 becomes urgent', '10:30 was low all along');
    expect(said.breached).toContain('reply');
    expect(said.retracted).toEqual([]);
  });

  it('retracts none either where its cycle has another number under each of several corrections', () => {
    const said = breachesThrough(
      '09:00 created assigned to a team',
      '09:30 assigned to team green',
      '15:00 becomes urgent',
      '16:00 was low all along',
      '16:05 was urgent all along',
      '16:10 was low all along',
    );
    expect(said.breached).toContain('stay');
    expect(said.retracted).toEqual([]);
  });

  it('says once what happened to two cycles of one promise that began with the same event', () => {
    const policy = lawsPolicies.get('stand');
    if (!policy) throw new Error('no such policy');
    const station = new Station(policy);
    const lines = ['09:00 created', '11:00 becomes low', '12:00 becomes urgent', '12:01 waits for requester'];
    for (const event of story(...lines, '15:00 was urgent all along')) station.deliver({ ...event, source: 'laws' });
    station.watermark({ eventsUpTo: instant('16:00'), duesBefore: instant('16:00') });
    const ids = station.published.map(({ event }) => event.id);
    expect(ids).toEqual([...new Set(ids)]);
    const broken = station.published.filter(({ event }) => event.type === 'sla.clock.breached');
    expect(broken.filter(({ event }) => event.promise === 'taken')).toHaveLength(2);
  });
});

/** The promises whose breach was published, and taken back, when a history arrives in its order, each event at its instant. */
function breachesThrough(...lines: readonly string[]): { breached: (string | null)[]; retracted: (string | null)[] } {
  const policy = lawsPolicies.get('stand');
  if (!policy) throw new Error('no such policy');
  const station = new Station(policy);
  for (const event of story(...lines)) {
    station.watermark({ eventsUpTo: event.occurredAt - 1, duesBefore: event.occurredAt });
    station.deliver({ ...event, source: 'laws' });
    station.watermark({ eventsUpTo: event.occurredAt, duesBefore: event.occurredAt });
  }
  const events = station.published.map(({ event }) => event);
  return {
    breached: events.filter(({ type }) => type === 'sla.clock.breached').map(({ promise }) => promise),
    retracted: events
      .filter(({ correctedKind }) => correctedKind === 'sla.clock.breached')
      .map(({ promise }) => promise),
  };
}
