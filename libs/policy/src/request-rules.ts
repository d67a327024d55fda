import type { TicketAttributes } from './compiled-policy.js';
import { requestKinds, type RequestKind, type RequestRule } from './document/desk-schema.js';
import type { PolicyDocument } from './document/policy-document.js';
import type { PrioritySchemes } from './priority-schemes.js';
import { compileSelector, type AttributeNames } from './ticket-selector.js';

/** Something a customer asks for: a ticket, an update, an elevation, an escalation. */
export interface RequestMade {
  readonly kind: RequestKind;
  readonly attributes: TicketAttributes;
  /** How the request came; null where that is not known, which no rule holds against it. */
  readonly channel: string | null;
  /** The priority asked for, by any name or alias. */
  readonly priority: string | null;
  /** The priority the ticket has; null where it has none. */
  readonly current: string | null;
  /** The names of what was supplied. */
  readonly supplied: readonly string[];
  /** The kinds of requests accepted on this ticket before. */
  readonly earlier: readonly RequestKind[];
}

export type RequestVerdict =
  | { readonly accepted: true; readonly recipients: readonly string[] }
  | {
      readonly accepted: false;
      readonly code: string;
      readonly what: RequestKind;
      readonly missing: readonly string[];
      readonly advice: string;
    };

/** Every event about a ticket names it, so its number is never missing. */
const TICKET_NUMBER = 'ticket_number';

/** Judges requests by the policy's rules. A kind without a rule is accepted. */
export function compileRequestRules(
  rules: PolicyDocument['requests'],
  schemes: PrioritySchemes,
  names: AttributeNames,
): (request: RequestMade) => RequestVerdict {
  const kinds = new Map(
    requestKinds.flatMap((kind) => {
      const rule = rules[kind];
      return rule === undefined
        ? []
        : [[kind, { rule, appliesTo: compileSelector(rule.appliesTo ?? {}, names) }] as const];
    }),
  );
  return (request) => {
    const known = kinds.get(request.kind);
    if (known === undefined || !known.appliesTo(request.attributes, schemes.schemeOf(request.attributes))) {
      return { accepted: true, recipients: [] };
    }
    return refusal(known.rule, request, schemes) ?? { accepted: true, recipients: known.rule.to ?? [] };
  };
}

/** Which requests are taken from what the requester writes, and on which evidence. */
export function compileMessageRequests(
  { update, elevation, escalation }: PolicyDocument['requests'],
  schemes: PrioritySchemes,
  names: AttributeNames,
): (request: 'update' | 'elevation' | 'escalation', confidence: number, ticket: TicketAttributes) => boolean {
  const rules = new Map(
    Object.entries({ update, elevation, escalation }).flatMap(([request, rule]) =>
      rule?.fromMessages === undefined
        ? []
        : [[request, { from: rule.fromMessages, appliesTo: compileSelector(rule.appliesTo ?? {}, names) }] as const],
    ),
  );
  return (request, confidence, ticket) => {
    const rule = rules.get(request);
    return rule !== undefined && confidence >= rule.from && rule.appliesTo(ticket, schemes.schemeOf(ticket));
  };
}

/** What settles an escalation of a ticket that was asked for. */
export function compileEscalationHandling(
  { escalation: rule }: PolicyDocument['requests'],
  schemes: PrioritySchemes,
  names: AttributeNames,
): (ticket: TicketAttributes) => 'word' | 'resources' {
  if (rule === undefined) return () => 'word';
  const appliesTo = compileSelector(rule.appliesTo ?? {}, names);
  return (ticket) => (appliesTo(ticket, schemes.schemeOf(ticket)) ? rule.handledBy : 'word');
}

function refusal(rule: RequestRule, request: RequestMade, schemes: PrioritySchemes): RequestVerdict | null {
  const refuse = (code: string, advice: string, missing: readonly string[] = []): RequestVerdict => ({
    accepted: false,
    code,
    what: request.kind,
    missing,
    advice,
  });
  const { channel, kind } = request;
  if (
    channel !== null &&
    rule.channels &&
    !rule.channels.some((known) => known.toLowerCase() === channel.toLowerCase())
  ) {
    const { code, advice } = rule.wrongChannel ?? {
      code: 'wrong_channel',
      advice: `Use one of: ${rule.channels.join(', ')}.`,
    };
    return refuse(code, advice);
  }
  const scheme = schemes.schemeOf(request.attributes);
  const wanted = request.priority === null ? null : schemes.find(request.priority, scheme);
  const refused =
    wanted === null
      ? undefined
      : rule.refuse.find(({ priority }) => priority.some((text) => schemes.find(text, scheme) === wanted));
  if (refused) return refuse(refused.code, refused.advice);
  if (rule.priorities !== undefined) {
    const current = request.current === null ? null : schemes.find(request.current, scheme);
    if (!rule.priorities.some((text) => schemes.find(text, scheme) === current)) {
      const { code, advice } = rule.wrongPriority ?? {
        code: 'wrong_priority',
        advice: `Only tickets of priority ${rule.priorities.join(', ')} may ask for this.`,
      };
      return refuse(code, advice);
    }
  }
  if (rule.after.length > 0 && !rule.after.some((earlier) => request.earlier.includes(earlier))) {
    const fallback = { code: 'too_early', advice: `Before an ${kind}, ask for: ${rule.after.join(' or ')}.` };
    const { code, advice } = rule.tooEarly ?? fallback;
    return refuse(code, advice);
  }
  const supplied = new Set([TICKET_NUMBER, ...request.supplied].map((text) => text.toLowerCase()));
  const missing = rule.requires.filter((required) => !supplied.has(required.toLowerCase()));
  if (missing.length === 0) return null;
  const { code, advice } = rule.missing ?? { code: 'information_missing', advice: `Supply: ${missing.join(', ')}.` };
  return refuse(code, advice, missing);
}
