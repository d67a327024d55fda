import { parseCloudEvent, parseInstant, toCloudEvent } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import {
  builtInPack,
  builtInPackNames,
  formatDiagnostic,
  loadScenarios,
  scenarioAlarms,
  scenarioEvents,
} from '../index.js';

const sound = `policy: acme
scenarios:
  - name: Answered in time
    proves: the table
    ticket: { createdAt: 2026-03-02T10:00+01:00, plan: Pro, priority: 1, body: Help., assign: { team: front }, status: open }
    timeline:
      - { at: 2026-03-02T10:05+01:00, message: requester, body: Hello? }
      - { at: 2026-03-02T10:10+01:00, note: agent }
      - { at: 2026-03-02T10:15+01:00, assign: { person: a1, team: front } }
      - { at: 2026-03-02T10:20+01:00, priority: P2, by: agent, kind: change, reason: calmer }
      - { at: 2026-03-02T10:25+01:00, status: { name: Pending, category: waiting_requester } }
      - { at: 2026-03-02T10:30+01:00, request: elevation, to: P1, channel: phone, supplied: { reason: worse } }
      - { at: 2026-03-02T10:35+01:00, reply: agent, autoReply: true }
      - { at: 2026-03-02T10:40+01:00, plan: Basic }
      - { at: 2026-03-02T10:45+01:00, fields: { environment: staging } }
      - { at: 2026-03-02T10:46+01:00, acknowledge: latest }
      - { at: 2026-03-02T10:47+01:00, request: escalation }
      - { at: 2026-03-02T10:48+01:00, resolve: 11, resources: [{ who: b }] }
      - { at: 2026-03-02T10:50+01:00, merged: '7' }
      - { at: 2026-03-02T10:55+01:00, deleted: true }
      - { at: 2026-03-02T11:00+01:00, restored: true }
    expect: { covered: true, clocks: [{ promise: response, outcome: met, elapsed: 10m }] }
`;

describe('a scenario', () => {
  it('becomes events that the contract accepts', () => {
    const { file, diagnostics, lines } = loadScenarios(sound, 'acme.scenarios.yaml');
    expect(diagnostics).toEqual([]);
    expect(lines).toEqual([3]);
    const events = file?.scenarios.flatMap(scenarioEvents) ?? [];
    expect(events.map(({ type }) => type)).toEqual([
      'ticket.created',
      'ticket.message.added',
      'ticket.message.added',
      'ticket.assignment.changed',
      'ticket.priority.changed',
      'ticket.status.changed',
      'ticket.request.made',
      'ticket.message.added',
      'ticket.plan.changed',
      'ticket.fields.changed',
      'ticket.escalation.acknowledged',
      'ticket.request.made',
      'ticket.escalation.resolved',
      'ticket.merged',
      'ticket.deleted',
      'ticket.restored',
    ]);
    for (const event of events) expect(parseCloudEvent(toCloudEvent(event), null)).toEqual({ event });
    expect(events[0]).toMatchObject({
      occurredAt: parseInstant('2026-03-02T09:00:00Z'),
      data: { plan: 'Pro', priority: '1', assignee: { person: null, team: 'front' } },
    });
    expect(events[2]).toMatchObject({ data: { visibility: 'internal', actor: { role: 'agent' } } });
    expect(events[4]).toMatchObject({ data: { priority: 'P2', kind: 'change', actor: { role: 'agent' } } });
    expect(events[6]).toMatchObject({
      data: { request: 'elevation', priority: 'P1', channel: 'phone', supplied: { reason: 'worse' } },
    });
  });

  const cases: [what: string, from: string, to: string, expected: string][] = [
    [
      'an unknown field',
      'proves:',
      'prove:',
      "4:5 error unknown_field: 'prove' is not a field here (did you mean 'proves'?)",
    ],
    ['a time without offset', '2026-03-02T10:05+01:00', '2026-03-02T10:05', '7:15 error invalid_value'],
    [
      'a line that says two things',
      'note: agent',
      'note: agent, reply: agent',
      '8:9 error invalid_value: a line says one thing, this one says reply and note',
    ],
    ['a line that says nothing', ', note: agent', '', 'this one says nothing'],
    [
      'nothing expected',
      '{ covered: true, clocks: [{ promise: response, outcome: met, elapsed: 10m }] }',
      '{}',
      '22:13 error invalid_value: a scenario expects at least one thing',
    ],
    ['an unknown outcome', 'outcome: met', 'outcome: kept', 'error invalid_value'],
    ['a clock without a name', 'promise: response, ', '', "an expected clock needs its 'promise' or its 'target'"],
    ['an elapsed time that is none', 'elapsed: 10m', 'elapsed: 10 min', 'error invalid_duration'],
    [
      'a request that is none',
      'covered: true,',
      'requests: [{ line: 1, accepted: true }],',
      '22:34 error no_such_request',
    ],
    [
      'an expected escalation that none asks for',
      'covered: true,',
      'escalations: [{ line: 1, standing: raised }],',
      '22:37 error no_such_escalation',
    ],
    ['an answer to what asks for none', 'resolve: 11', 'resolve: 1', '18:9 error no_such_escalation'],
    ['a resolution that says not how', ', resources: [{ who: b }]', '', '18:9 error no_resolution'],
  ];
  it.each(cases)('says where there is %s', (_what, from, to, expected) => {
    expect(sound).toContain(from);
    const { file, diagnostics } = loadScenarios(sound.replace(from, to), 'acme.scenarios.yaml');
    expect(diagnostics.map(formatDiagnostic).join('\n')).toContain(expected);
    expect(file).toBeNull();
  });
});

describe('the alarms of a scenario', () => {
  const rule = { priorities: ['p0'], above: 0.1, clears: 0.05, window: 1, minimumTickets: 10 };
  const rules = [
    { ...rule, name: 'All' },
    { ...rule, name: 'Prospects', scheme: 'pre-sales' },
  ];
  const raisedBy = (created: string): string[] => {
    const desk = `    desk: [{ at: 2026-03-02T10:00+01:00, created: ${created} }]\n    timeline:`;
    const { file } = loadScenarios(sound.replace('    timeline:', desk), 'acme.scenarios.yaml');
    return file?.scenarios.flatMap((scenario) => scenarioAlarms(scenario, rules)) ?? ['does not load'];
  };

  it.each<[string, string, string[]]>([
    ['of no scheme in particular', '{ p0: 2, p2: 8 }', ['All']],
    ['of one scheme', '{ pre-sales: { p0: 2, p2: 8 } }', ['All', 'Prospects']],
    ['of another', '{ customers: { p0: 2, p2: 8 } }', ['All']],
    ['of both', '{ customers: { p2: 30 }, pre-sales: { p0: 2, p2: 8 } }', ['Prospects']],
  ])('count tickets %s', (_what, created, raised) => {
    expect(raisedBy(created)).toEqual(raised);
  });
});

describe.each(builtInPackNames)('the scenarios of %s', (name) => {
  it('load, are about their pack, and make events the contract accepts', () => {
    const { file, diagnostics } = loadScenarios(builtInPack(name)?.scenarios ?? '', `${name}.scenarios.yaml`);
    expect(diagnostics).toEqual([]);
    expect(file?.policy).toBe(name);
    expect(file?.scenarios.length).toBeGreaterThan(12);
    for (const event of file?.scenarios.flatMap(scenarioEvents) ?? []) {
      expect(parseCloudEvent(toCloudEvent(event), null)).toEqual({ event });
    }
  });
});
