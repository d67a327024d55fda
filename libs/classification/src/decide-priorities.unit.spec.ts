import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TicketEvent } from '@punctual/contracts';
import type { ClassificationPolicy, ClassificationRule, CompiledPolicy } from '@punctual/policy';
import { classifyTicket } from './classify-ticket.js';
import { decidePriorities } from './decide-priorities.js';
import { toPriorityInput, type PriorityInput } from './priority-input.js';

const rules: ClassificationRule[] = [
  {
    id: 'beta-outside',
    when: { fact: 'stage', in: ['beta'] },
    then: { exclude: 'excluded_stage' },
    because: 'beta',
    scheme: null,
  },
  {
    id: 'staging-is-general',
    when: { fact: 'environment', in: ['staging'] },
    then: { priority: '3' },
    because: 'not production',
    scheme: null,
  },
  {
    id: 'down',
    when: {
      all: [
        { fact: 'environment', in: ['production'] },
        { fact: 'impact', in: ['outage'] },
        { fact: 'workaround', in: ['no', 'unknown'] },
      ],
    },
    then: { priority: '1' },
    because: 'down',
    scheme: null,
  },
  {
    id: 'degraded',
    when: { fact: 'impact', in: ['degraded'] },
    then: { priority: '2' },
    because: 'degraded',
    scheme: null,
  },
];

function policy(settings: Partial<ClassificationPolicy> = {}): CompiledPolicy {
  const aliases: Record<string, string> = { '1': '1', p1: '1', '2': '2', p2: '2', '3': '3', p3: '3' };
  return {
    id: 'test',
    title: 'Test',
    version: 'v1',
    settleMs: 5_000,
    reopenWindowMs: 0,
    sealAfterMs: 0,
    agentFirstPriority: 'correction',
    onReclassify: 'retract',
    countsBots: false,
    countsAutoReplies: false,
    plans: [],
    priorities: ['1', '2', '3'].map((name) => ({ scheme: 'main', name, title: name, aliases: [], definition: '' })),
    classification: {
      mode: 'decide',
      defaultPriority: () => '3',
      rules,
      requesterChoice: {
        acceptedChannels: ['web'],
        at: 'any_time',
        rulesMayLower: true,
        rulesMayRaise: false,
        raiseFrom: 0.6,
      },
      reviewBelow: 0.6,
      ...settings,
    },
    calendars: new Map(),
    schemeOf: () => 'main',
    findPriority: (text) => aliases[text.toLowerCase()] ?? null,
    resolve: (_ticket, _priority, exclusion) =>
      exclusion === null ? { covered: true, promises: [] } : { covered: false, code: exclusion, reason: 'outside' },
    queueOrder: '',
    placeInQueue: () => '',
    nextOpening: () => null,
    judgeRequest: () => ({ accepted: true, recipients: [] }),
    takesFromMessage: () => false,
    escalationHandledBy: () => 'word',
  };
}

function event<T extends TicketEvent['type']>(
  id: string,
  at: number,
  type: T,
  data: Record<string, unknown>,
): TicketEvent {
  return {
    id,
    source: 's',
    ticket: 't',
    occurredAt: at,
    receivedAt: null,
    sequence: -1,
    type,
    data,
  } as unknown as TicketEvent;
}

function inputs(...events: TicketEvent[]): PriorityInput[] {
  return events.map(toPriorityInput).filter((input) => input !== null);
}

const agent = { role: 'agent' };
const created = event('c', 10, 'ticket.created', {
  origin: 'requester',
  channel: 'web',
  subject: 'Production is down',
  body: 'Nobody can log in.',
});
const priority = (id: string, at: number, name: string, more: Record<string, unknown> = {}) =>
  event(id, at, 'ticket.priority.changed', { actor: agent, priority: name, ...more });
const body = (id: string, at: number, text: string) =>
  event(id, at, 'ticket.fields.changed', { body: text, kind: 'change' });

/** "10 correction 1 rule decided" per decision. */
function history(events: TicketEvent[], settings: Partial<ClassificationPolicy> = {}): string[] {
  return decidePriorities(inputs(...events), policy(settings)).priorityHistory.map(
    (one) => `${one.at} ${one.kind} ${one.priority} ${one.by} ${one.status}`,
  );
}

describe('the history of a ticket’s priority', () => {
  test.each<[string, TicketEvent[], string[]]>([
    ['creation is a correction', [created], ['10 correction 1 rule decided']],
    [
      'a comment re-classifies nothing',
      [created, event('m', 20, 'ticket.message.added', { actor: agent, visibility: 'public', autoReply: false })],
      ['10 correction 1 rule decided'],
    ],
    [
      'a new body that says the same changes nothing',
      [created, body('f', 20, 'All users are affected.')],
      ['10 correction 1 rule decided'],
    ],
    [
      'a new body is a change, and the subject keeps its facts',
      [
        created,
        body('f', 20, 'It is our staging environment that is affected; production is not affected. Staging server.'),
      ],
      ['10 correction 1 rule decided', '20 change 3 rule decided'],
    ],
    [
      'an agent’s first word is a correction, later ones are changes',
      [created, priority('a', 20, 'P2'), priority('b', 30, 'P3')],
      ['10 correction 1 rule decided', '20 correction 2 agent decided', '30 change 3 agent decided'],
    ],
    [
      'an event may say which',
      [created, priority('a', 20, 'P2', { kind: 'change' })],
      ['10 correction 1 rule decided', '20 change 2 agent decided'],
    ],
    [
      'an agent’s word stands against later text',
      [created, priority('a', 20, '2'), body('f', 30, 'It is the staging server.')],
      ['10 correction 1 rule decided', '20 correction 2 agent decided'],
    ],
    [
      'confirming is a change to the same',
      [created, priority('a', 20, '1')],
      ['10 correction 1 rule decided', '20 change 1 agent decided'],
    ],
    ['an unknown priority changes nothing', [created, priority('a', 20, 'banana')], ['10 correction 1 rule decided']],
    [
      'an automation that repeats what stands confirms nothing',
      [created, priority('a', 20, '1', { actor: { role: 'bot' } })],
      ['10 correction 1 rule decided'],
    ],
    [
      'a second creation is ignored',
      [created, event('c2', 30, 'ticket.created', { origin: 'requester', subject: 'staging' })],
      ['10 correction 1 rule decided'],
    ],
    ['without a creation the earliest input begins', [priority('a', 20, '2')], ['20 correction 2 agent decided']],
  ])('%s', (_name, events, expected) => {
    expect(history(events)).toEqual(expected);
  });

  test('where a person decides, the classifier proposes', () => {
    expect(history([created, priority('a', 20, '1')], { mode: 'propose' })).toEqual([
      '10 correction 1 rule proposed',
      '20 change 1 agent decided',
    ]);
  });

  test('what is not understood is not lost', () => {
    const { decisions } = decidePriorities(inputs(created, priority('a', 20, 'banana')), policy());
    expect(decisions.at(-1)).toMatchObject({
      eventId: 'a',
      outcome: 'not_understood',
      decision: { needsReview: true, priority: '1' },
    });
  });

  test('text that names a beta holds the ticket outside every promise', () => {
    const { coverageHistory } = decidePriorities(inputs(created, body('f', 20, 'This is the beta version.')), policy());
    expect(coverageHistory.map(({ at, kind, exclusion }) => [at, kind, exclusion])).toEqual([
      [10, 'correction', null],
      [20, 'change', 'excluded_stage'],
    ]);
  });

  test('any order and any repetition of the inputs gives the same decisions and ids', () => {
    const all = inputs(
      created,
      body('f', 20, 'It is slow.'),
      priority('a', 20, '3'),
      priority('r', 15, '2', { actor: { role: 'requester' } }),
      priority('z', 40, '1'),
      body('g', 50, 'staging'),
    );
    const expected = decidePriorities(all, policy());
    fc.assert(
      fc.property(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.constantFrom(...all)),
        (order, again) => {
          expect(decidePriorities([...again, ...order], policy())).toEqual(expected);
        },
      ),
    );
  });
});

describe('the requester’s choice', () => {
  const staging = { id: 'x', subject: 'Staging is down', body: 'Our staging server does not respond.' };
  test('is lowered where the evidence contradicts it, and the reason says so', () => {
    expect(classifyTicket({ ...staging, channel: 'web', priority: 'P1' }, policy())).toMatchObject({
      priority: '3',
      rule: 'staging-is-general',
      reason: 'rule staging-is-general: environment is staging (subject, “staging”); the requester chose 1',
    });
  });
  test('stands where rules may not raise it', () => {
    expect(
      classifyTicket({ id: 'x', channel: 'web', priority: '3', body: 'Production is down for everyone.' }, policy()),
    ).toMatchObject({ priority: '3', rule: null });
  });
  test('does not count in a channel that may not choose', () => {
    expect(classifyTicket({ id: 'x', channel: 'email', priority: '1', body: 'Hello.' }, policy())).toMatchObject({
      priority: '3',
      needsReview: true,
    });
  });
  test('nothing known: the default, for review', () => {
    expect(classifyTicket({ id: 'x' }, policy())).toMatchObject({
      priority: '3',
      needsReview: true,
      rule: null,
      facts: {},
    });
  });
});
