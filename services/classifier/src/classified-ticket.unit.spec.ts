import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { aTicket } from '@punctual/test-kit';
import { describe, expect, it } from 'vitest';
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
    ['a status', story.status('2026-03-02T10:07:00Z', 'solved')],
  ])('is the same object after %s', (_what, event) => {
    const taken = takeIn(ticket, event, policy);
    expect(taken.ticket).toBe(ticket);
    expect(taken.decisions).toBeNull();
  });

  it('changes by a claim of an earlier creation, whatever the event says otherwise', () => {
    const claim = Date.parse('2026-03-02T09:00:00Z');
    const reply = story.agentReplies('2026-03-02T10:08:00Z', { ticket: { createdAt: claim } });
    expect(takeIn(ticket, reply, policy).ticket).toEqual({ ...ticket, createdAt: claim });
  });
});
