import type { ClassificationRule } from '@punctual/policy';
import type { Facts, KnownFact } from './facts.js';

/** "rule staging-is-general: environment is staging (subject, “staging”)". Quotes are the lexicon's phrases, never the ticket's text. */
export function describeRule(rule: ClassificationRule, rests: readonly KnownFact[], facts: Facts): string {
  const parts = rests.map((name) => describeFact(name, facts)).filter((part) => part !== '');
  return `rule ${rule.id}: ${parts.length > 0 ? parts.join(', ') : rule.because}`;
}

function describeFact(name: KnownFact, facts: Facts): string {
  const fact = facts[name];
  if (!fact) return '';
  const [first] = fact.evidence;
  const where = first ? ` (${first.field}, “${readable(first.cue)}”)` : '';
  return `${name.replaceAll('_', ' ')} is ${fact.value.replaceAll('_', ' ')}${where}`;
}

/** A phrase of the notation as people would write it: the first of alternatives, `…` for a gap. */
export function readable(cue: string): string {
  return cue
    .split(' ')
    .map((word) => (word === '~' ? '…' : (word.split('/')[0] ?? '').replace('*', '…')))
    .join(' ');
}
