import { describe, expect, it } from 'vitest';
import {
  builtInPack,
  builtInPackNames,
  compilePolicy,
  installedSources,
  loadPolicy,
  newerData,
  resolvePolicy,
  type DeskPolicy,
  type PolicyDocument,
  type TicketAttributes,
} from './index.js';

const nobody: TicketAttributes = {
  customer: null,
  plan: null,
  tier: null,
  channel: null,
  product: null,
  stage: null,
  fields: {},
};

function packDocument(name: string): PolicyDocument {
  const document = builtInPack(name)?.document;
  if (!document) throw new Error(`the pack ${name} loads`);
  return document;
}

const policies = new Map<string, DeskPolicy>();

function compiled(name: string): DeskPolicy {
  const policy = policies.get(name) ?? compilePolicy(resolvePolicy(packDocument(name)));
  policies.set(name, policy);
  return policy;
}

/** `id duration calendar commitment` of every promise, or the code for which there is none. */
function promised(
  policy: DeskPolicy,
  ticket: Partial<TicketAttributes>,
  priority: string | null,
  exclusion: string | null = null,
): string {
  const outcome = policy.resolve({ ...nobody, ...ticket }, priority, exclusion);
  if (!outcome.covered) return outcome.code;
  return outcome.promises
    .map((one) => `${one.id} ${one.duration?.text ?? 'measured'} ${one.calendar.name} ${one.commitment}`)
    .join(', ');
}

describe('what applies to a ticket', () => {
  const customers = [null, 'acme', 'Northwind Tools'];
  const channels = [null, 'phone', 'portal', 'email', 'chat', 'slack'];
  const stages = [null, 'Beta', 'pre-sales'];
  const tickets = (policy: DeskPolicy): Partial<TicketAttributes>[] =>
    [null, ...policy.plans].flatMap((plan) =>
      customers.flatMap((customer) =>
        channels.flatMap((channel) =>
          stages.flatMap((stage) =>
            [{}, { product: 'Cloud', tier: 'Gold' }].map((rest) => ({ customer, plan, channel, stage, ...rest })),
          ),
        ),
      ),
    );

  it.each(builtInPackNames)('does not depend on what was asked before: %s', (name) => {
    const one = compilePolicy(resolvePolicy(packDocument(name)));
    const other = compilePolicy(resolvePolicy(packDocument(name)));
    const priorities = [null, ...one.priorities.map((priority) => priority.name)];
    const questions = tickets(one).flatMap((ticket) => priorities.map((priority) => [ticket, priority] as const));
    const inOrder = questions.map(([ticket, priority]) => promised(one, ticket, priority));
    const backwards = questions.toReversed().map(([ticket, priority]) => promised(other, ticket, priority));
    expect(new Set(inOrder).size).toBeGreaterThan(1);
    expect(backwards.toReversed()).toEqual(inOrder);
  });
});

describe('the matrix of each pack', () => {
  const rego = (response: string) => `target_response ${response} target, requested_update measured business target`;
  const cases: [pack: string, ticket: Partial<TicketAttributes>, priority: string | null, expected: string][] = [
    ['rewst', {}, 'Critical', 'objective_response 30m 24x7 objective'],
    ['rewst', {}, 'High', 'objective_response 2h team objective'],
    ['rewst', {}, 'Medium', 'objective_response 6h team objective'],
    ['rewst', {}, 'Low', 'objective_response 8h team objective'],
    ['rewst', {}, null, 'no_promise'],
    ['cloudtalk', { plan: 'Basic' }, 'P1', 'no_promise'],
    ['cloudtalk', { plan: 'Basic' }, 'P2', 'no_promise'],
    ['cloudtalk', { plan: 'Basic' }, 'P3', 'no_promise'],
    ['cloudtalk', { plan: 'Professional' }, 'P1', 'guaranteed_response 3h office guaranteed'],
    ['cloudtalk', { plan: 'professional' }, 'P2', 'guaranteed_response 6h office guaranteed'],
    ['cloudtalk', { plan: 'Profesional' }, 'P3', 'guaranteed_response 9h office guaranteed'],
    ['cloudtalk', { plan: 'Advanced' }, 'P1', 'guaranteed_response 1h 24x7 guaranteed'],
    ['cloudtalk', { plan: 'Advanced' }, 'P2', 'guaranteed_response 3h office guaranteed'],
    ['cloudtalk', { plan: 'Advanced' }, 'P3', 'guaranteed_response 6h office guaranteed'],
    ['cloudtalk', { plan: 'Advanced', stage: 'Beta' }, 'P1', 'excluded_stage'],
    ['cloudtalk', {}, 'P1', 'no_promise'],
    ['sourcegraph', { tier: 'team' }, 'p0', 'objective_response 2h team objective'],
    ['sourcegraph', { tier: 'free' }, 'p2', 'objective_response 2h team objective'],
    ['sourcegraph', { stage: 'pre-sales', channel: 'email' }, 'p2', 'objective_response 2h team objective'],
    ['sourcegraph', { stage: 'pre-sales', channel: 'web' }, 'p2', 'pre_sales_not_engaged'],
    [
      'sourcegraph',
      { stage: 'pre-sales', channel: 'web', fields: { support_engaged: 'yes' } },
      'p2',
      'objective_response 2h team objective',
    ],
    ['sourcegraph', { stage: 'pre-sales', channel: 'trial-channel' }, 'p0', 'trial_channel'],
    [
      'sourcegraph',
      { customer: 'Example-Enterprise' },
      'p0',
      'contract_response 1h 24x7 contractual, objective_response 2h team objective',
    ],
    [
      'sourcegraph',
      { customer: 'example-enterprise' },
      'p1',
      'contract_response 4h 24x7 contractual, objective_response 2h team objective',
    ],
    [
      'sourcegraph',
      { customer: 'example-enterprise' },
      'p2',
      'contract_response 2 business days team contractual, objective_response 2h team objective',
    ],
    ['sourcegraph', { plan: 'cloud', tier: 'team' }, 'p0', 'no_sla'],
    ['sourcegraph', { tier: 'internal' }, 'p3', 'internal'],
    ['sourcegraph', {}, 'p3', 'no_promise'],
    ['rego', {}, 'Severity 1', rego('1h 24x7')],
    ['rego', {}, 'Severity 2', rego('2h business')],
    ['rego', {}, 'Severity 3', rego('4h business')],
    ['rego', {}, 'Severity 4', rego('8h business')],
    ['rego', {}, 'Sev1', rego('1h 24x7')],
    ['rego', {}, null, 'requested_update measured business target'],
    ['rego', { channel: 'phone' }, 'Severity 1', 'phone_before_ticket'],
  ];
  it.each(cases)('%s: %j at %s → %s', (pack, ticket, priority, expected) => {
    expect(promised(compiled(pack), ticket, priority)).toBe(expected);
  });

  it('an exclusion of the classifier holds a ticket outside, with the policy’s reason', () => {
    const policy = compiled('rego');
    expect(policy.resolve(nobody, 'Severity 4', 'enhancement_request')).toEqual({
      covered: false,
      code: 'enhancement_request',
      reason: 'Only a product enhancement can satisfy this; please bring it to the product’s community.'.replace(
        '’',
        "'",
      ),
    });
  });
});

describe.each(builtInPackNames)('the pack %s', (name) => {
  it('has no findings but its assumptions', () => {
    const diagnostics = builtInPack(name)?.diagnostics ?? [];
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(diagnostics.filter(({ code }) => code === 'assumed').length).toBeGreaterThan(3);
  });

  it('knows P1 by other names', () => {
    const policy = compiled(name);
    const first = policy.priorities.find(({ scheme }) => scheme === policy.schemeOf(nobody))?.name;
    expect(policy.findPriority(name === 'sourcegraph' ? 'SEV0' : 'sev1', nobody)).toBe(first);
    expect(policy.findPriority('no such', nobody)).toBeNull();
  });
});

describe('the version', () => {
  const document = packDocument('rego');

  it('is the same whenever the same document is resolved, and survives being stored', () => {
    const resolved = resolvePolicy(document);
    expect(resolved.version).toMatch(/^[0-9a-f]{64}$/);
    expect(resolvePolicy(structuredClone(document)).version).toBe(resolved.version);
    const stored = JSON.parse(JSON.stringify(resolved)) as typeof resolved;
    expect(stored).toEqual(resolved);
    expect(compilePolicy(stored).version).toBe(resolved.version);
    expect(promised(compilePolicy(stored), {}, 'Severity 1')).toContain('target_response 1h');
  });

  it('depends on what the policy says, not on comments, order of keys or the versions of data', () => {
    const text = builtInPack('rego')?.text ?? '';
    const version = (yaml: string, sources = {}) => {
      const loaded = loadPolicy(yaml, 'rego.policy.yaml').document;
      return loaded && resolvePolicy(loaded, undefined, sources).version;
    };
    const original = version(text);
    expect(version(`# a comment\n${text}`)).toBe(original);
    const [idLine = '', titleLine = ''] = [/^id:.*\n/m, /^title:.*\n/m].map((line) => line.exec(text)?.[0] ?? '');
    expect(version(text.replace(idLine, '').replace(titleLine, `${titleLine}${idLine}`))).toBe(original);
    expect(version(text, { zones: '2026x' })).toBe(original);
    expect(version(text.replace('within: 2h', 'within: 3h'))).not.toBe(original);
    expect(resolvePolicy(document, { from: Date.UTC(2020, 0, 1), to: Date.UTC(2030, 0, 1) }).version).not.toBe(
      original,
    );
  });

  it('stores the holidays and zone changes of its calendars', () => {
    const { calendars } = resolvePolicy(document, { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) });
    expect(calendars['business']?.holidays[0]?.map(({ date }) => date)).toContain('2026-07-03');
    expect(Object.keys(calendars['business']?.zones ?? {})).toEqual(['America/New_York']);
  });

  it('goes by the holidays it stores, not by those of today', () => {
    const resolved = resolvePolicy(document);
    const { business } = resolved.calendars;
    if (business === undefined) throw new Error('no calendar');
    const holidays = business.holidays.map((dates) => dates.filter(({ date }) => date !== '2026-07-03'));
    const stored = { ...resolved, calendars: { ...resolved.calendars, business: { ...business, holidays } } };
    const noon = Date.UTC(2026, 6, 3, 16);
    expect(compilePolicy(resolved).calendars.get('business')?.isOpen(noon)).toBe(false);
    expect(compilePolicy(stored).calendars.get('business')?.isOpen(noon)).toBe(true);
  });

  it('is told where it would differ with newer data, at its calendar, and with which', () => {
    const text = builtInPack('rego')?.text ?? '';
    const installed = installedSources('2026c');
    const resolved = resolvePolicy(document, undefined, { holidays: '3.1.0', zones: '2020a' });
    expect(newerData(resolved, installed, text, 'rego.policy.yaml')).toEqual([]);
    const { business } = resolved.calendars;
    if (business === undefined) throw new Error('no calendar');
    const holidays = business.holidays.map((dates) => dates.filter(({ date }) => !date.startsWith('2027-')));
    const stored = { ...resolved, calendars: { ...resolved.calendars, business: { ...business, holidays } } };
    const [found, ...others] = newerData(stored, installed, text, 'rego.policy.yaml');
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'warning', code: 'newer_calendar_data', path: '/calendars/business' });
    expect(text.split('\n')[(found?.line ?? 0) - 1]?.trim()).toBe('business:');
    expect(found?.message).toContain(`(holidays 3.1.0, now ${installed.holidays}, zones 2020a, now 2026c)`);
    expect(found?.message).toContain("2027-01-01 (New Year's Day) is a holiday; ");
    expect(found?.message).toMatch(/\d+ more dates$/);
  });
});

/** SLA-SEMANTICS §6: a product may be excluded as a stage is, and a ticket is told which reason holds it. */
describe('an excluded product', () => {
  const text = (builtInPack('rego')?.text ?? '').replace(
    'coverage:\n',
    'coverage:\n  - { code: excluded_product, reason: The old client is not covered., when: { product: [Classic, Legacy client] } }\n',
  );
  const { document } = loadPolicy(text, 'rego.policy.yaml');
  if (document === null) throw new Error('the policy has errors');
  const policy = compilePolicy(resolvePolicy(document));

  it.each([
    ['classic', { covered: false, code: 'excluded_product', reason: 'The old client is not covered.' }],
    ['Legacy Client', { covered: false, code: 'excluded_product' }],
    ['Cloud', { covered: true }],
    [null, { covered: true }],
  ])('%s', (product, outcome) => {
    expect(policy.resolve({ ...nobody, product }, 'Severity 2', null)).toMatchObject(outcome);
  });
});

describe('resolve', () => {
  it('gives the identical object for equal arguments, also after many others', () => {
    const policy = compiled('sourcegraph');
    const ticket = { ...nobody, customer: 'example-enterprise', fields: { support_engaged: 'yes', other: 1 } };
    const first = policy.resolve(ticket, 'p0', null);
    expect(policy.resolve({ ...ticket, fields: { ...ticket.fields } }, 'p0', null)).toBe(first);
    for (let index = 0; index < 25_000; index += 1)
      policy.resolve({ ...nobody, customer: `customer-${index}` }, 'p0', null);
    expect(policy.resolve(ticket, 'p0', null)).toBe(first);
    expect(policy.resolve(nobody, 'p3', null)).toBe(policy.resolve(nobody, 'p3', null));
    expect(policy.resolve(nobody, null, 'made_up')).toBe(policy.resolve(ticket, 'p0', 'made_up'));
  });

  it('gives the identical object where nothing that decides has changed', () => {
    const policy = compiled('rewst');
    expect(policy.resolve({ ...nobody, channel: 'email', product: 'x' }, 'High', null)).toBe(
      policy.resolve(nobody, 'High', null),
    );
    expect(policy.resolve(nobody, 'Low', null)).not.toBe(policy.resolve(nobody, 'High', null));
  });
});

describe('how long a timeline is kept', () => {
  const text = (retention: string) => `id: acme
title: Acme
${retention}
priorities: [{ name: P1, noPromise: nothing is promised }]
classification: { default: P1 }
`;

  it.each([
    ['', 90],
    ['retention: {}', 90],
    ['retention: { sealAfter: 30d }', 30],
  ])('is said by %j: %d days after the final close', (retention, days) => {
    const { document, diagnostics } = loadPolicy(text(retention), 'acme.policy.yaml');
    if (document === null) throw new Error(JSON.stringify(diagnostics));
    expect(compilePolicy(resolvePolicy(document)).sealAfterMs).toBe(days * 86_400_000);
  });

  it('is not guessed', () => {
    const { diagnostics } = loadPolicy(text('retention: { sealAfter: soon }'), 'acme.policy.yaml');
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).not.toEqual([]);
    const misspelt = loadPolicy(text('retention: { sealafter: 30d }'), 'acme.policy.yaml').diagnostics;
    expect(JSON.stringify(misspelt)).toContain('sealAfter');
  });
});
