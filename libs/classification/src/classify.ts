import type { ClassificationRule, CompiledPolicy, TicketAttributes } from '@punctual/policy';
import type { Decision } from './decision.js';
import { evaluate, type EvaluationContext } from './evaluate.js';
import { describeRule } from './reason.js';
import type { Facts } from './facts.js';

export interface ClassificationInput {
  readonly facts: Facts;
  readonly attributes: TicketAttributes;
  /** The priority the requester chose, in their words; null where none. */
  readonly requested: string | null;
}

/** How sure a decision is that rests on the requester's word alone, on a rule without evidence, on nothing. */
const CHOICE_ALONE = 0.7;
const NO_EVIDENCE = 0.5;
const DEFAULT = 0.2;

interface RuleMatch {
  readonly rule: ClassificationRule;
  readonly confidence: number;
  readonly because: string;
}

interface Verdict extends Pick<Decision, 'priority' | 'by' | 'rule' | 'confidence' | 'needsReview' | 'reason'> {
  readonly exclusion: RuleMatch | null;
}

/**
 * Decides a ticket's priority under a policy: the first rule that matches decides; a requester's accepted choice stands unless the
 * policy lets rules raise or lower it and the evidence is sure enough for that; without either, the policy's default, for review.
 */
export function classify(input: ClassificationInput, policy: CompiledPolicy): Decision {
  const verdict = judge(input, policy);
  const exclusion = exclusionOf(verdict.exclusion);
  const resolution = policy.resolve(input.attributes, verdict.priority, exclusion);
  const notCovered = resolution.covered ? null : { code: resolution.code, reason: resolution.reason };
  const notes = [
    verdict.reason,
    verdict.exclusion && verdict.exclusion.rule.id !== verdict.rule
      ? `held outside every promise by ${verdict.exclusion.because}`
      : null,
    notCovered ? `not covered: ${notCovered.reason}` : null,
  ];
  return {
    priority: verdict.priority,
    covered: resolution.covered,
    notCovered,
    exclusion,
    reason: notes.filter((note) => note !== null).join('; '),
    confidence: verdict.confidence,
    needsReview: verdict.needsReview,
    rule: verdict.rule,
    status: policy.classification.mode === 'propose' ? 'proposed' : 'decided',
    by: verdict.by,
    facts: input.facts,
  };
}

/** Whether the policy lets a requester choose in this ticket's channel. */
export function acceptsChoice(policy: CompiledPolicy, attributes: TicketAttributes): boolean {
  const channels = policy.classification.requesterChoice.acceptedChannels;
  if (channels === 'any') return true;
  if (channels === 'none') return false;
  const channel = attributes.channel?.toLowerCase();
  return channel !== undefined && channels.some((one) => one.toLowerCase() === channel);
}

function judge(input: ClassificationInput, policy: CompiledPolicy): Verdict {
  const { attributes, requested } = input;
  const named = requested === null ? null : policy.findPriority(requested, attributes);
  const accepted = acceptsChoice(policy, attributes);
  const chosen = accepted ? named : null;
  const { decided, exclusion } = firstMatches(policy, { facts: input.facts, chosen, attributes });
  const unknownName = requested !== null && named === null;
  const verdict = weighChoice(chosen, decided, policy, attributes);
  const asides = unknownName
    ? ['the requester chose a priority this policy does not know']
    : named !== null && !accepted
      ? [`the requester asked for ${named}, which this channel may not choose`]
      : [];
  return {
    ...verdict,
    exclusion,
    needsReview:
      verdict.needsReview ||
      unknownName ||
      (exclusion !== null && exclusion.confidence < policy.classification.reviewBelow),
    reason: [verdict.reason, ...asides].join('; '),
  };
}

/** The first rule that names a priority, and the first that holds the ticket outside: a rule that only excludes lets reading go on. */
function firstMatches(policy: CompiledPolicy, context: EvaluationContext) {
  const scheme = policy.schemeOf(context.attributes);
  let decided: (RuleMatch & { readonly priority: string }) | null = null;
  let exclusion: RuleMatch | null = null;
  for (const rule of policy.classification.rules) {
    if (rule.scheme !== null && rule.scheme !== scheme) continue;
    if (decided && !('exclude' in rule.then)) continue;
    const outcome = evaluate(rule.when, context);
    if (outcome.value !== 'true') continue;
    const match = {
      rule,
      confidence: outcome.confidence ?? NO_EVIDENCE,
      because: describeRule(rule, outcome.facts, context.facts),
    };
    const excludesOnly = !('priority' in rule.then);
    if ('exclude' in rule.then && !exclusion && (excludesOnly || !decided)) exclusion = match;
    if ('priority' in rule.then && !decided) decided = { ...match, priority: rule.then.priority };
  }
  return { decided, exclusion };
}

function weighChoice(
  chosen: string | null,
  decided: (RuleMatch & { readonly priority: string }) | null,
  policy: CompiledPolicy,
  attributes: TicketAttributes,
): Omit<Verdict, 'exclusion'> {
  const { reviewBelow, requesterChoice, defaultPriority } = policy.classification;
  if (!decided && chosen === null) {
    return {
      priority: defaultPriority(attributes),
      by: 'default',
      rule: null,
      confidence: DEFAULT,
      needsReview: true,
      reason: 'no rule has enough evidence; the policy’s default',
    };
  }
  if (!decided) {
    return {
      priority: chosen ?? defaultPriority(attributes),
      by: 'requester',
      rule: null,
      confidence: CHOICE_ALONE,
      needsReview: CHOICE_ALONE < reviewBelow,
      reason: `the requester chose ${chosen}; no rule has enough evidence to differ`,
    };
  }
  const sure = decided.confidence >= reviewBelow;
  const byRule = {
    priority: decided.priority,
    by: 'rule' as const,
    rule: decided.rule.id,
    confidence: decided.confidence,
    needsReview: !sure,
    reason:
      chosen === null || chosen === decided.priority
        ? decided.because
        : `${decided.because}; the requester chose ${chosen}`,
  };
  if (chosen === null) return byRule;
  if (chosen === decided.priority) {
    return {
      ...byRule,
      by: 'requester',
      needsReview: false,
      confidence: Math.max(decided.confidence, CHOICE_ALONE),
      reason: `the requester chose ${chosen}; ${decided.because}`,
    };
  }
  const raises = urgency(policy, attributes, decided.priority) < urgency(policy, attributes, chosen);
  const mayDiffer = raises ? requesterChoice.rulesMayRaise : requesterChoice.rulesMayLower;
  const clear = raises ? decided.confidence >= requesterChoice.raiseFrom : sure;
  if (mayDiffer && clear) return byRule;
  const held = mayDiffer ? 'the evidence is too thin to differ' : `rules may not ${raises ? 'raise' : 'lower'} it`;
  return {
    ...byRule,
    priority: chosen,
    by: 'requester',
    rule: null,
    confidence: CHOICE_ALONE,
    needsReview: mayDiffer || CHOICE_ALONE < reviewBelow,
    reason: `the requester chose ${chosen}; ${decided.because} says ${decided.priority}, but ${held}`,
  };
}

/** The place of a priority in its scheme, 0 the most urgent; one the scheme does not have counts as the least. */
function urgency(policy: CompiledPolicy, attributes: TicketAttributes, name: string): number {
  const scheme = policy.schemeOf(attributes);
  const place = policy.priorities.filter((one) => one.scheme === scheme).findIndex((one) => one.name === name);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}

function exclusionOf(match: RuleMatch | null): string | null {
  return match && 'exclude' in match.rule.then ? match.rule.then.exclude : null;
}
