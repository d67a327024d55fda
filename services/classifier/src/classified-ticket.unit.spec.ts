import type { TicketEvent } from '@punctual/contracts';
import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { aTicket } from '@punctual/test-kit';
import { describe, expect, it } from 'vitest';
import { endOf, unheardCourse } from './ticket-course.js';
import { takeIn, type ClassifiedTicket } from './classified-ticket.js';

const document = builtInPack('rego')?.document;
if (!document) throw new Error("the pack 'rego' is not built in");
const policy = compilePolicy(resolvePolicy(document));
const story = aTicket('T-1');
const created = story.created('2026-03-02T10:00:00Z', { channel: 'web', priority: 'Severity 2' });

const unread: ClassifiedTicket = {
  source: story.source,
  ticket: story.ticket,
  policy: policy.id,
  policyVersion: policy.version,
  createdAt: created.occurredAt,
  creationClaimed: true,
  revision: 0,
  inputs: [],
  priorityHistory: [],
  coverageHistory: [],
  course: unheardCourse,
  requesters: [],
  removedAt: null,
  quarantined: null,
};

describe('a ticket that takes an event in', () => {
  const { ticket } = takeIn(unread, created, policy);

  it('changes by what says something of its priority', () => {
    expect(ticket).toMatchObject({ revision: 1, priorityHistory: [{ priority: 'Severity 2' }] });
    expect(unread.revision).toBe(0);
  });

  it.each([
    ['a reply', story.agentReplies('2026-03-02T10:05:00Z')],
    ['an assignment', story.assigned('2026-03-02T10:06:00Z', { team: 'first-line' })],
  ])('is the same object after %s', (_what, event) => {
    const taken = takeIn(ticket, event, policy);
    expect(taken.ticket).toBe(ticket);
    expect(taken.decisions).toBeNull();
  });

  it('knows who the requester is, by each id it hears, and nobody else', () => {
    const by = (role: 'requester' | 'agent' | 'participant', id: string) =>
      story.requesterWrites('2026-03-02T10:20:00Z', { actor: { role, id } });
    const heard = ['u-1', 'u-1', 'u-2'].reduce(
      (known, id) => takeIn(known, by('requester', id), policy).ticket,
      ticket,
    );
    expect(heard.requesters).toEqual(['u-1', 'u-2']);
    expect(takeIn(heard, by('requester', 'u-2'), policy).ticket).toBe(heard);
    for (const role of ['agent', 'participant'] as const) {
      expect(takeIn(heard, by(role, 'a-1'), policy).ticket).toBe(heard);
    }
    expect(takeIn(heard, by('requester', 'forgotten'), policy).ticket).toBe(heard);
  });

  it('knows when it is over, whatever order it hears of that', () => {
    const solved = story.status('2026-03-02T10:07:00Z', 'solved');
    const reopened = story.status('2026-03-02T10:09:00Z', 'open');
    const closed = story.status('2026-03-02T10:12:00Z', 'closed');
    const after = (...events: TicketEvent[]) =>
      endOf(events.reduce((known, event) => takeIn(known, event, policy).ticket, ticket).course);
    expect(after()).toBeNull();
    expect(after(solved)).toBe(solved.occurredAt);
    expect(after(reopened, solved)).toBeNull();
    expect(after(solved, reopened)).toBeNull();
    expect(after(closed, reopened, solved)).toBe(closed.occurredAt);
  });

  it('changes by a claim of an earlier creation, whatever the event says otherwise', () => {
    const claim = Date.parse('2026-03-02T09:00:00Z');
    const reply = story.agentReplies('2026-03-02T10:08:00Z', { ticket: { createdAt: claim } });
    expect(takeIn(ticket, reply, policy).ticket).toEqual({ ...ticket, createdAt: claim });
  });
});
