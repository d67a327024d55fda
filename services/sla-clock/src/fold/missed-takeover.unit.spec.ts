import type { PolicySchedule, PublicationMode, TicketState } from '@punctual/sla-engine';
import type { CompiledPolicy } from '@punctual/policy';
import { describe, expect, it } from 'vitest';
import { missedTakeover } from './missed-takeover.js';

/** Which version it is, is of no account here. */
const policy = {} as CompiledPolicy;
const open = { solved: null, gone: null } as TicketState;

function schedule(...publications: readonly (readonly [number, PublicationMode])[]): PolicySchedule {
  return { publications: publications.map(([effectiveAt, mode]) => ({ effectiveAt, mode, policy })) };
}

const upTo = (eventsUpTo: number) => ({ eventsUpTo, duesBefore: eventsUpTo + 1 });

describe('missedTakeover', () => {
  it('is the next version that a walk may have passed the ticket by with', () => {
    const published = schedule([0, 'pin'], [100, 'from-now'], [200, 'retroactive']);
    expect(missedTakeover(published, open, upTo(99), 150)).toBe(100);
    expect(missedTakeover(published, open, upTo(100), 250)).toBe(200);
    expect(missedTakeover(published, open, upTo(200), 250)).toBeNull();
  });

  it('leaves what is still ahead to its walk, and is nothing for a pinned version or a ticket that has ended', () => {
    expect(missedTakeover(schedule([0, 'pin'], [100, 'from-now']), open, upTo(50), 99)).toBeNull();
    expect(missedTakeover(schedule([0, 'pin'], [100, 'pin']), open, upTo(50), 150)).toBeNull();
    const ended = { ...open, solved: { at: 10, eventId: 'e', closed: false } };
    expect(missedTakeover(schedule([0, 'pin'], [100, 'from-now']), ended, upTo(50), 150)).toBeNull();
  });
});
