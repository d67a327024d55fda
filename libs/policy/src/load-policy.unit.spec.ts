import { describe, expect, it } from 'vitest';
import { formatDiagnostic, loadPolicy, type Diagnostic } from './index.js';

const sound = `id: acme
title: Acme
priorities:
  - { name: P1, aliases: [1, Urgent] }
  - { name: P2 }
plans: [Basic, Pro]
calendars:
  office: { zone: Europe/Berlin, weekly: { mon-fri: 09:00-17:00 } }
promises:
  - id: response
    target: first_response
    commitment: target
    calendar: office
    terms:
      - { plan: Basic, within: none }
      - { priority: P1, within: 1h }
      - { priority: P2, within: 2 business days }
coverage:
  - { code: beta, reason: Betas are not covered., when: { stage: beta } }
classification:
  default: P2
  rules:
    - { id: outage, when: { environment: production, impact: outage }, priority: P1, because: Production is down. }
`;

/** The sound policy with one text in place of another. */
function changed(text: string, replacement: string): string {
  expect(sound.split(text), `'${text}' stands once in the sound policy`).toHaveLength(2);
  return sound.replace(text, replacement);
}

function findings(text: string): Diagnostic[] {
  return loadPolicy(text, 'acme.policy.yaml').diagnostics.filter(({ severity }) => severity !== 'info');
}

describe('a sound policy', () => {
  it('loads without findings, its names and defaults filled in', () => {
    const { document, diagnostics } = loadPolicy(sound, 'acme.policy.yaml');
    expect(diagnostics).toEqual([]);
    expect(document).toMatchObject({
      id: 'acme',
      settle: 5_000,
      reopenWindow: 28 * 86_400_000,
      schemes: [{ name: 'default', priorities: [{ name: 'P1', aliases: ['1', 'Urgent'] }, { name: 'P2' }] }],
      calendars: { office: { weekly: { mon: ['09:00-17:00'], fri: ['09:00-17:00'] } } },
    });
  });

  it('lists what is assumed, with the line, as information', () => {
    const text = changed('calendar: office\n', 'calendar: office\n    assumed: [hours are ours, so is the zone]\n');
    const { document, diagnostics } = loadPolicy(text, 'acme.policy.yaml');
    expect(document).not.toBeNull();
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      'acme.policy.yaml:14:5 info assumed: assumed: hours are ours',
      'acme.policy.yaml:14:5 info assumed: assumed: so is the zone',
    ]);
    expect(diagnostics[0]?.path).toBe('/promises/0/assumed');
  });
});

describe('what is wrong is said with line, column and a suggestion', () => {
  const cases: [what: string, text: string, expected: string][] = [
    ['not YAML', 'id: [', 'acme.policy.yaml:1:6 error yaml'],
    [
      'a field twice',
      `${sound}id: again\n`,
      'acme.policy.yaml:24:1 error yaml: Map keys must be unique (keep one of the two)',
    ],
    ['no mapping', 'hello', 'acme.policy.yaml:1:1 error invalid_value'],
    [
      'an unknown field',
      changed('promises:', 'promisses:'),
      "acme.policy.yaml:9:1 error unknown_field: 'promisses' is not a field here (did you mean 'promises'?)",
    ],
    [
      'an unknown field inside',
      changed('within: 1h', 'with: 1h'),
      "16:25 error unknown_field: 'with' is not a field here (did you mean 'within'?)",
    ],
    [
      'an unknown field of a calendar',
      changed('zone: Europe/Berlin', 'zona: Europe/Berlin'),
      "8:13 error unknown_field: 'zona' is not a field here (did you mean 'zone'?)",
    ],
    ['a missing field', changed('title: Acme\n', ''), "error missing_field: 'title' is required"],
    ['an unknown target', changed('target: first_response', 'target: first_respons'), "did you mean 'first_response'?"],
    [
      'an unknown fact',
      changed('environment: production', 'enviroment: production'),
      "23:29 error unknown_fact: 'enviroment' is no fact (did you mean 'environment'?)",
    ],
    [
      'an unknown fact value',
      changed('impact: outage', 'impact: outtage'),
      "unknown_fact_value: 'outtage' is no value of impact (did you mean 'outage'?)",
    ],
    ['an unknown zone', changed('Europe/Berlin', 'Europe/Berlyn'), '8:19 error unknown_zone'],
    [
      'overlapping hours',
      changed('mon-fri: 09:00-17:00', 'mon-fri: [09:00-17:00, 16:00-18:00]'),
      '8:53 error overlapping_hours',
    ],
    ['a day that is none', changed('mon-fri:', 'mon-fry:'), "8:44 error unknown_day: 'mon-fry' is no day"],
    ['a calendar that never opens', changed('mon-fri: 09:00-17:00', 'mon: closed'), 'error never_opens'],
    [
      'a calendar made of itself',
      changed('promises:', '  loop: { anyOf: [office, loop] }\npromises:'),
      '9:18 error circular_calendar',
    ],
    [
      'an unknown calendar',
      changed('calendar: office', 'calendar: offices'),
      "13:15 error unknown_calendar: 'offices' is no calendar of this policy (did you mean 'office'?)",
    ],
    [
      'an unknown priority',
      changed('priority: P2, within', 'priority: P3, within'),
      "17:21 error unknown_priority: 'P3' is no priority of this policy",
    ],
    [
      'an unknown priority of a rule',
      changed('priority: P1, because', 'priority: Urgnt, because'),
      "error unknown_priority: 'Urgnt'",
    ],
    [
      'a share of an unknown scheme',
      `${sound}priorityShares: [{ name: Few, scheme: custmers, priorities: [P1], above: 0.1, clears: 0.05, window: 7d }]\n`,
      "24:39 error unknown_scheme: 'custmers' is no scheme of this policy",
    ],
    ['an unknown default', changed('default: P2', 'default: P9'), '21:12 error unknown_priority'],
    [
      'an unknown plan',
      changed('plan: Basic', 'plan: Basik'),
      "15:17 error unknown_plan: 'Basik' is no plan of this policy (did you mean 'Basic'?)",
    ],
    ['a duration that is none', changed('within: 1h', 'within: 1 hour'), '16:33 error invalid_duration'],
    ['a promise without hours', changed('    calendar: office\n', ''), 'error missing_calendar'],
    [
      'a priority twice',
      changed('- { name: P2 }', '- { name: urgent }'),
      "5:13 error duplicate_name: 'urgent' already means priority 'P1'",
    ],
    [
      'a priority without a target',
      changed('      - { priority: P2, within: 2 business days }\n', ''),
      "5:5 warning priority_without_target: nothing is promised at priority 'P2' on plan 'Pro'",
    ],
    [
      'two promises with one id',
      changed(
        'coverage:',
        '  - { id: response, target: resolution, commitment: target, calendar: office, within: 8h }\ncoverage:',
      ),
      "18:11 error duplicate_promise: two promises have the id 'response'",
    ],
    [
      'a line that is never reached',
      changed(
        '{ priority: P1, within: 1h }',
        '{ plan: [Pro, Basic], within: 1h }\n      - { plan: Pro, priority: P1, within: 1h }',
      ),
      '17:9 warning unreachable_term',
    ],
    [
      'a rule that is never reached',
      `${sound}    - { id: total, when: { impact: outage, environment: production, scope: everyone }, priority: P1, because: Total. }\n`,
      "24:7 warning unreachable_rule: rule 'total' is never reached: 'outage' matches wherever it does (move it before 'outage', or delete it)",
    ],
    [
      'a rule that never matches',
      changed(
        'when: { environment: production, impact: outage }',
        'when: { environment: production, all: [{ environment: staging }] }',
      ),
      'warning rule_never_matches',
    ],
    ['a rule that decides nothing', changed('priority: P1, because', 'because'), "rule 'outage' decides nothing"],
    [
      'a rule with an unknown code',
      changed('priority: P1, because', 'exclude: betta, because'),
      "error unknown_exclusion: 'betta' is no code under coverage (did you mean 'beta'?)",
    ],
    [
      'one code with two reasons',
      changed('classification:', '  - { code: beta, reason: Other., when: { plan: Basic } }\nclassification:'),
      "20:27 error contradictory_exclusions: 'beta' is given two different reasons",
    ],
    [
      'two codes for the same tickets',
      changed('classification:', '  - { code: gamma, reason: Other., when: { stage: beta } }\nclassification:'),
      "error contradictory_exclusions: 'beta' and 'gamma' exclude the same tickets",
    ],
    [
      'an exclusion that takes itself back',
      changed('when: { stage: beta }', 'when: { stage: beta }, unless: { stage: [beta, preview] }'),
      "error contradictory_exclusions: 'beta' excludes nothing",
    ],
    [
      'a promise to what is excluded',
      changed('{ priority: P1, within: 1h }', '{ stage: beta, within: 1h }'),
      '16:9 error contradictory_exclusions: this promise is never made',
    ],
    [
      'a target that no event can stop',
      changed('target: first_response', 'target: resolution\n    solved: []'),
      "no event can stop 'response': no status solves it",
    ],
    [
      'a target whose stop is a pause',
      changed('target: first_response', 'target: resolution\n    pauses: [solved, closed]'),
      'every status that solves it also pauses it',
    ],
    [
      'a target that never runs',
      changed('target: first_response', 'target: first_response\n    pauses: [open, waiting_requester, waiting_other]'),
      '12:13 error never_runs',
    ],
    [
      'a warning that is none',
      changed('calendar: office\n', 'calendar: office\n    warnings: [50 percent]\n'),
      '14:16 error invalid_warning',
    ],
    [
      'a warning before the start',
      changed('calendar: office\n', 'calendar: office\n    warnings: [-90m]\n'),
      "14:16 warning warning_before_start: '-90m' lies before the start of a promise of 1h",
    ],
    [
      'an unknown escalation plan',
      changed('calendar: office\n', 'calendar: office\n    escalations: boss\n'),
      '14:18 error unknown_escalation',
    ],
    [
      'an unknown recipient',
      `${sound}escalations:\n  boss: [{ name: Tell, at: due-30m, to: bos }]\nrecipients: { boss: The boss }\n`,
      "25:41 error unknown_recipient: 'bos' is no recipient of this policy (did you mean 'boss'?)",
    ],
    [
      'an escalation at no time',
      `${sound}escalations:\n  boss: [{ name: Tell, at: soon, to: boss }]\nrecipients: { boss: The boss }\n`,
      '25:28 error invalid_escalation',
    ],
    [
      'a contract for an unknown promise',
      `${sound}contracts:\n  - { customer: x, terms: [{ promise: respons, within: 1h }] }\n`,
      "25:39 error unknown_promise: 'respons' is no promise of this policy (did you mean 'response'?)",
    ],
    [
      'both ways to write priorities',
      `${sound}schemes: [{ name: a, priorities: [{ name: P1 }] }]\n`,
      "a policy has either 'priorities' (one scheme) or 'schemes' (several)",
    ],
    ['too long a file', `# ${'x'.repeat(1_000_001)}`, 'error too_long'],
  ];
  it.each(cases)('%s', (_what, text, expected) => {
    const found = findings(text);
    const lines = found.map(formatDiagnostic);
    expect(lines.join('\n')).toContain(expected);
    const errors = found.filter(({ severity }) => severity === 'error');
    expect(loadPolicy(text, 'acme.policy.yaml').document === null).toBe(errors.length > 0);
  });

  it('says everything at once, in the order of the file', () => {
    const text = sound
      .replace('Europe/Berlin', 'Europe/Berlyn')
      .replace('within: 1h', 'within: soon')
      .replace('default: P2', 'default: P9');
    const lines = findings(text).map(({ line }) => line);
    expect(lines).toEqual([8, 16, 21]);
  });

  it('has a suggestion for every finding of the schema and the lint', () => {
    const without = cases
      .filter(([what]) => !['not YAML', 'no mapping', 'too long a file'].includes(what))
      .flatMap(([what, text]) =>
        findings(text)
          .filter(({ suggestion }) => suggestion === undefined)
          .map((one) => `${what}: ${one.message}`),
      );
    expect(without).toEqual([]);
  });
});
