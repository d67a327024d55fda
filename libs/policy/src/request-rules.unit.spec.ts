import { describe, expect, it } from 'vitest';
import { builtInPack, compilePolicy, resolvePolicy, type RequestMade, type RequestVerdict } from './index.js';

function judge(pack: string, request: Partial<RequestMade> & Pick<RequestMade, 'kind'>): RequestVerdict {
  const document = builtInPack(pack)?.document;
  if (!document) throw new Error(`the pack ${pack} loads`);
  const attributes = { customer: null, plan: null, tier: null, channel: null, product: null, stage: null, fields: {} };
  return compilePolicy(resolvePolicy(document)).judgeRequest({
    attributes,
    channel: null,
    priority: null,
    current: null,
    supplied: [],
    earlier: [],
    ...request,
  });
}

describe('what a customer writes', () => {
  const attributes = { customer: null, plan: null, tier: null, channel: null, product: null, stage: null, fields: {} };
  const takes = (pack: string, request: 'update' | 'elevation' | 'escalation', confidence: number): boolean => {
    const document = builtInPack(pack)?.document;
    if (!document) throw new Error(`the pack ${pack} loads`);
    return compilePolicy(resolvePolicy(document)).takesFromMessage(request, confidence, attributes);
  };

  it.each([
    ['rego', 'update', 0.8, true],
    ['rego', 'update', 0.79, false],
    ['rego', 'elevation', 0.8, true],
    ['rego', 'escalation', 0.95, false],
    ['rewst', 'escalation', 0.8, true],
    ['rewst', 'update', 0.95, false],
    ['sourcegraph', 'escalation', 0.95, false],
    ['cloudtalk', 'update', 0.95, false],
  ] as const)('at %s is a request for an %s on evidence of %d: %s', (pack, request, confidence, taken) => {
    expect(takes(pack, request, confidence)).toBe(taken);
  });

  it('is taken for one only of the tickets that the rule is for', () => {
    const document = builtInPack('rego')?.document;
    if (!document) throw new Error('the pack loads');
    const update = { ...document.requests.update, requires: [], after: [], refuse: [], fromMessages: 0.5 };
    const gold = { ...document, requests: { update: { ...update, appliesTo: { tier: ['gold'] } } } };
    const policy = compilePolicy(resolvePolicy(gold));
    expect(policy.takesFromMessage('update', 0.9, { ...attributes, tier: 'Gold' })).toBe(true);
    expect(policy.takesFromMessage('update', 0.9, attributes)).toBe(false);
  });
});

describe('requests of Rego’s customers', () => {
  it('a ticket comes by the portal', () => {
    expect(judge('rego', { kind: 'ticket', channel: 'phone', priority: 'P1' })).toMatchObject({
      accepted: false,
      code: 'portal_only',
      what: 'ticket',
    });
    expect(judge('rego', { kind: 'ticket', channel: 'Portal' })).toMatchObject({ accepted: true });
    expect(judge('rego', { kind: 'ticket', channel: null })).toMatchObject({ accepted: true });
  });

  it('an update and an elevation may come by telephone, for a ticket exists', () => {
    expect(judge('rego', { kind: 'update', channel: 'phone' })).toEqual({
      accepted: true,
      recipients: ['support-engineer'],
    });
    expect(judge('rego', { kind: 'elevation', channel: 'phone', priority: 'P2' })).toMatchObject({ accepted: true });
  });

  it('a severity 1 inside an old ticket is a new ticket, by whatever name it is asked for', () => {
    for (const priority of ['P1', 'Sev1', 'critical', 'Severity 1']) {
      expect(judge('rego', { kind: 'elevation', priority })).toMatchObject({
        accepted: false,
        code: 'new_ticket_required',
        missing: [],
      });
    }
  });

  it('escalation comes after an earlier request, with everything supplied', () => {
    const complete = ['reason', 'business_impact'];
    expect(judge('rego', { kind: 'escalation', supplied: complete })).toMatchObject({
      accepted: false,
      code: 'earlier_step_missing',
    });
    expect(judge('rego', { kind: 'escalation', earlier: ['update'] })).toMatchObject({
      accepted: false,
      code: 'information_missing',
      missing: complete,
    });
    expect(judge('rego', { kind: 'escalation', earlier: ['elevation'], supplied: complete })).toMatchObject({
      accepted: true,
      recipients: ['account-manager', 'escalations-address', 'support-management'],
    });
  });
});

describe('requests elsewhere', () => {
  it('Rewst asks for nothing but the requester’s belief', () => {
    expect(judge('rewst', { kind: 'escalation' })).toEqual({
      accepted: true,
      recipients: ['support-leadership', 'customer-advisor'],
    });
  });

  it('Sourcegraph asks customer engineers for the whole picture, and customers for nothing', () => {
    expect(judge('sourcegraph', { kind: 'ticket' })).toMatchObject({ accepted: true });
    const prospect = {
      customer: null,
      plan: null,
      tier: null,
      channel: null,
      product: null,
      stage: 'pre-sales',
      fields: {},
    };
    expect(
      judge('sourcegraph', { kind: 'ticket', attributes: prospect, channel: 'email', supplied: ['summary', 'impact'] }),
    ).toMatchObject({
      accepted: false,
      code: 'information_missing',
      missing: ['attempted_and_expected', 'steps_taken', 'design_documents', 'sales_cycle_and_dates'],
    });
  });
});
