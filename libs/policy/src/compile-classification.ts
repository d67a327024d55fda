import type { ClassificationPolicy, ClassificationRule, FactCondition, TicketAttributes } from './compiled-policy.js';
import type { PolicyDocument } from './document/policy-document.js';
import type { Rule } from './document/classification-schema.js';
import type { PrioritySchemes } from './priority-schemes.js';

/** What the classifier reads, with every priority by its own name. */
export function compileClassification(document: PolicyDocument, schemes: PrioritySchemes): ClassificationPolicy {
  const { mode, requesterChoice, reviewBelow, rules } = document.classification;
  return {
    mode,
    defaultPriority: defaultPriority(document.classification.default, schemes),
    rules: rules.map((rule) => compileRule(rule, schemes)),
    requesterChoice: {
      acceptedChannels: requesterChoice.channels as ClassificationPolicy['requesterChoice']['acceptedChannels'],
      at: requesterChoice.at ?? 'any_time',
      rulesMayLower: requesterChoice.rulesMayLower,
      rulesMayRaise: requesterChoice.rulesMayRaise,
      raiseFrom: requesterChoice.raiseFrom ?? reviewBelow,
    },
    reviewBelow,
  };
}

function defaultPriority(
  written: string | Readonly<Record<string, string>>,
  schemes: PrioritySchemes,
): (ticket: TicketAttributes) => string {
  return (ticket) => {
    const scheme = schemes.schemeOf(ticket);
    const text = typeof written === 'string' ? written : (written[scheme] ?? '');
    return schemes.find(text, scheme) ?? text;
  };
}

function compileRule(rule: Rule, schemes: PrioritySchemes): ClassificationRule {
  const scheme = rule.scheme ?? null;
  const canonical = (text: string) =>
    (scheme === null ? schemes.findAnywhere(text) : schemes.find(text, scheme)) ?? text;
  const priority = rule.priority === undefined ? null : canonical(rule.priority);
  const exclude = rule.exclude ?? null;
  return {
    id: rule.id,
    when: withCanonicalChoice(rule.when, canonical),
    then: consequence(priority, exclude),
    because: rule.because,
    scheme,
  };
}

function consequence(priority: string | null, exclude: string | null): ClassificationRule['then'] {
  if (priority === null) return { exclude: exclude ?? '' };
  return exclude === null ? { priority } : { priority, exclude };
}

function withCanonicalChoice(condition: FactCondition, canonical: (text: string) => string): FactCondition {
  if ('all' in condition) return { all: condition.all.map((part) => withCanonicalChoice(part, canonical)) };
  if ('any' in condition) return { any: condition.any.map((part) => withCanonicalChoice(part, canonical)) };
  if ('not' in condition) return { not: withCanonicalChoice(condition.not, canonical) };
  return 'chosen' in condition ? { chosen: condition.chosen.map(canonical) } : condition;
}
