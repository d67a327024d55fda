import type { FactCondition, TicketAttributes } from '@punctual/policy';
import type { Facts, KnownFact } from './facts.js';

/** What a condition is asked about. */
export interface EvaluationContext {
  readonly facts: Facts;
  /** The requester's accepted choice, by the policy's name; null where none. */
  readonly chosen: string | null;
  readonly attributes: TicketAttributes;
}

/**
 * The answer in three values. `confidence` is how sure the answer is, 0..1, null where it rests on nothing that could be doubted
 * (`always`); `facts` are those it rests on.
 */
export interface Evaluation {
  readonly value: 'true' | 'false' | 'unknown';
  readonly confidence: number | null;
  readonly facts: readonly KnownFact[];
}

/** That nothing was said of a fact is itself taken as said, this surely, where a condition accepts `unknown`. */
const SILENCE = 0.75;

/** Decides a condition under Kleene's logic: what rests on an unknown fact is unknown unless the rest settles it. */
export function evaluate(condition: FactCondition, context: EvaluationContext): Evaluation {
  if ('always' in condition) return { value: 'true', confidence: null, facts: [] };
  if ('all' in condition) return every(condition.all.map((one) => evaluate(one, context)));
  if ('any' in condition) return negate(every(condition.any.map((one) => negate(evaluate(one, context)))));
  if ('not' in condition) return negate(evaluate(condition.not, context));
  if ('fact' in condition) return ofFact(condition.fact, condition.in, context.facts);
  if ('chosen' in condition) return certain(context.chosen !== null && contains(condition.chosen, context.chosen));
  if ('attribute' in condition) return certain(contains(condition.in, context.attributes[condition.attribute]));
  return certain(contains(condition.in, fieldNamed(context.attributes, condition.field)));
}

function ofFact(name: KnownFact, accepted: readonly string[], facts: Facts): Evaluation {
  const fact = facts[name];
  if (fact)
    return { value: accepted.includes(fact.value) ? 'true' : 'false', confidence: fact.confidence, facts: [name] };
  if (accepted.includes('unknown')) return { value: 'true', confidence: SILENCE, facts: [] };
  return { value: 'unknown', confidence: null, facts: [] };
}

/** True where all are; false where one is, as sure as the surest of those; else unknown. */
function every(parts: readonly Evaluation[]): Evaluation {
  const denying = parts.filter(({ value }) => value === 'false');
  if (denying.length > 0) {
    const surest = denying.reduce((best, part) => (sureness(part) > sureness(best) ? part : best));
    return surest;
  }
  if (parts.some(({ value }) => value === 'unknown')) return { value: 'unknown', confidence: null, facts: [] };
  const stated = parts.map(({ confidence }) => confidence).filter((confidence) => confidence !== null);
  return {
    value: 'true',
    confidence: stated.length === 0 ? null : Math.min(...stated),
    facts: [...new Set(parts.flatMap(({ facts }) => facts))],
  };
}

function negate(part: Evaluation): Evaluation {
  if (part.value === 'unknown') return part;
  return { ...part, value: part.value === 'true' ? 'false' : 'true' };
}

function certain(holds: boolean): Evaluation {
  return { value: holds ? 'true' : 'false', confidence: 1, facts: [] };
}

function sureness(part: Evaluation): number {
  return part.confidence ?? 1;
}

function contains(accepted: readonly string[], value: string | number | boolean | null | undefined): boolean {
  if (value === null || value === undefined) return false;
  const text = String(value).trim().toLowerCase();
  return accepted.some((one) => one.trim().toLowerCase() === text);
}

function fieldNamed(attributes: TicketAttributes, name: string) {
  if (Object.hasOwn(attributes.fields, name)) return attributes.fields[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(attributes.fields).find((one) => one.toLowerCase() === wanted);
  return key === undefined ? null : attributes.fields[key];
}
